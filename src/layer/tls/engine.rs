//! The library's two kinds of connection as one, driven step by step over buffers of ours.

use rustls::client::UnbufferedClientConnection;
use rustls::server::UnbufferedServerConnection;
use rustls::unbuffered::{
    ConnectionState, EncodeError, EncryptError, InsufficientSizeError, UnbufferedStatus,
    WriteTraffic,
};
use rustls::{CommonState, Error};

use super::buffer::Buffer;

/// Either end of a connection.
pub enum Engine {
    /// Who connected.
    Client(Box<UnbufferedClientConnection>),
    /// Who listened.
    Server(Box<UnbufferedServerConnection>),
}

/// What is to be said, where it can be.
#[derive(Debug, Clone, Copy)]
pub enum Say<'a> {
    /// Nothing.
    Nothing,
    /// These bytes.
    Bytes(&'a [u8]),
    /// That we finished.
    End,
}

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// There may be more to do.
    Again,
    /// Bytes of the peer were passed on.
    Received,
    /// What was to be said is said.
    Said,
    /// Nothing more can be done before more has come. (Nothing was to be said, or it cannot be
    /// said yet.)
    Waiting,
    /// The peer has ended its stream.
    PeerEnded,
}

impl Engine {
    /// One step. Of `incoming` what was used is taken out, `outgoing` gets what is to be sent, and
    /// `plain` is given the peer's bytes.
    pub fn step(
        &mut self,
        incoming: &mut Buffer,
        outgoing: &mut Buffer,
        say: Say<'_>,
        plain: impl FnMut(&[u8]),
    ) -> Result<Step, Error> {
        match self {
            Self::Client(client) => {
                let status = client.process_tls_records(incoming.filled_mut());
                let (used, step) = act(status, outgoing, say, plain);
                incoming.take_out(used);
                step
            }
            Self::Server(server) => {
                let status = server.process_tls_records(incoming.filled_mut());
                let (used, step) = act(status, outgoing, say, plain);
                incoming.take_out(used);
                step
            }
        }
    }

    /// Whether the peer is a client.
    pub fn is_server(&self) -> bool {
        matches!(self, Self::Server(_))
    }

    /// What is known of the connection.
    pub fn facts(&self) -> &CommonState {
        match self {
            Self::Client(client) => client,
            Self::Server(server) => server,
        }
    }
}

/// Does what the library asks for; with it, how much of what came was used.
fn act<Data>(
    status: UnbufferedStatus<'_, '_, Data>,
    outgoing: &mut Buffer,
    say: Say<'_>,
    mut plain: impl FnMut(&[u8]),
) -> (usize, Result<Step, Error>) {
    let UnbufferedStatus { mut discard, state } = status;
    let step = match state {
        Err(error) => Err(error),
        Ok(ConnectionState::ReadTraffic(mut traffic)) => {
            let mut step = Ok(Step::Received);
            while let Some(record) = traffic.next_record() {
                match record {
                    Ok(record) => {
                        discard += record.discard;
                        plain(record.payload);
                    }
                    Err(error) => step = Err(error),
                }
            }
            step
        }
        Ok(ConnectionState::EncodeTlsData(mut data)) => {
            encode(outgoing, |space| data.encode(space).map_err(|error| of_encoding(&error)))
                .map(|()| Step::Again)
        }
        Ok(ConnectionState::TransmitTlsData(data)) => {
            // it stands in `outgoing`, which keeps the order
            data.done();
            Ok(Step::Again)
        }
        Ok(ConnectionState::PeerClosed) => Ok(Step::PeerEnded),
        Ok(ConnectionState::WriteTraffic(traffic)) => speak(traffic, outgoing, say),
        // no early data is asked for or offered, and none is read
        Ok(_) => Ok(Step::Waiting),
    };
    (discard, step)
}

fn speak<Data>(
    mut traffic: WriteTraffic<'_, Data>,
    outgoing: &mut Buffer,
    say: Say<'_>,
) -> Result<Step, Error> {
    match say {
        Say::Nothing => return Ok(Step::Waiting),
        Say::Bytes(bytes) => {
            encode(outgoing, |space| {
                traffic.encrypt(bytes, space).map_err(|error| of_encryption(&error))
            })?;
        }
        Say::End => {
            encode(outgoing, |space| {
                traffic.queue_close_notify(space).map_err(|error| of_encryption(&error))
            })?;
        }
    }
    Ok(Step::Said)
}

/// Why nothing was encoded.
enum Unencoded {
    /// So many bytes are needed.
    Needs(usize),
    /// It cannot be.
    Error(Error),
}

fn of_encoding(error: &EncodeError) -> Unencoded {
    match error {
        EncodeError::InsufficientSize(InsufficientSizeError { required_size }) => {
            Unencoded::Needs(*required_size)
        }
        EncodeError::AlreadyEncoded => Unencoded::Error(Error::EncryptError),
    }
}

fn of_encryption(error: &EncryptError) -> Unencoded {
    match error {
        EncryptError::InsufficientSize(InsufficientSizeError { required_size }) => {
            Unencoded::Needs(*required_size)
        }
        EncryptError::EncryptExhausted => Unencoded::Error(Error::EncryptError),
    }
}

/// Has something encoded behind what stands in `outgoing`, with as much room as it takes.
fn encode(
    outgoing: &mut Buffer,
    mut into: impl FnMut(&mut [u8]) -> Result<usize, Unencoded>,
) -> Result<(), Error> {
    let mut room = 0;
    loop {
        match into(outgoing.space(room)) {
            Ok(count) => {
                outgoing.filled(count);
                return Ok(());
            }
            Err(Unencoded::Needs(needs)) if needs > room => room = needs,
            Err(Unencoded::Needs(_)) => return Err(Error::EncryptError),
            Err(Unencoded::Error(error)) => return Err(error),
        }
    }
}
