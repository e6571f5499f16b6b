//! The other side of a TLS connection, inside the test, by the library itself: it does what it is
//! told, and no more.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, RootCertStore, ServerConfig,
    ServerConnection, SignatureScheme, StreamOwned, SupportedProtocolVersion,
};

use super::authority::Identity;
use super::peer::{accept, tcp_listener};

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// 1.2.
    Tls12,
    /// 1.3.
    Tls13,
}

impl Version {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Tls12, Self::Tls13];

    fn row(self) -> &'static SupportedProtocolVersion {
        match self {
            Self::Tls12 => &TLS12,
            Self::Tls13 => &TLS13,
        }
    }
}

/// The side that listened.
pub type ServerStream = StreamOwned<ServerConnection, TcpStream>;
/// The side that connected.
pub type ClientStream = StreamOwned<ClientConnection, TcpStream>;

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// What is shown, and what is signed with: the key may be another certificate's.
fn shown(identity: &Identity) -> Arc<SingleCertAndKey> {
    let chain = identity.chain.iter().map(|der| CertificateDer::from(der.clone())).collect();
    let key = PrivateKeyDer::Pkcs8(identity.key.clone().into());
    let key = rustls::crypto::ring::sign::any_supported_type(&key).expect("a key");
    Arc::new(SingleCertAndKey::from(CertifiedKey::new(chain, key)))
}

/// A server by this certificate, of these versions.
pub fn server(identity: &Identity, versions: &[Version]) -> Arc<ServerConfig> {
    server_for(identity, versions, None)
}

/// The same, that lets in whom this authority vouches for alone.
pub fn server_for(
    identity: &Identity,
    versions: &[Version],
    clients: Option<&[u8]>,
) -> Arc<ServerConfig> {
    let rows: Vec<_> = versions.iter().map(|version| version.row()).collect();
    let builder = ServerConfig::builder_with_provider(provider());
    let builder = builder.with_protocol_versions(&rows).expect("versions");
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(root) => {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from(root.to_vec())).expect("a root");
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider()).build();
            builder.with_client_cert_verifier(verifier.expect("a verifier"))
        }
    };
    Arc::new(builder.with_cert_resolver(shown(identity)))
}

/// Secures the server's side of a connection, as far as the handshake.
pub fn accepted(config: &Arc<ServerConfig>, mut socket: TcpStream) -> io::Result<ServerStream> {
    // a last word that the kernel holds back is lost where the socket is then closed over bytes that
    // nobody has read
    socket.set_nodelay(true)?;
    let mut connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut socket)?;
    }
    while connection.wants_write() {
        connection.write_tls(&mut socket)?;
    }
    Ok(StreamOwned::new(connection, socket))
}

/// Secures the client's side of a connection, whoever the server is.
pub fn connected(mut socket: TcpStream, version: Version) -> io::Result<ClientStream> {
    connected_as(&mut socket, version, None).map(|connection| StreamOwned::new(connection, socket))
}

/// The same, with a certificate.
pub fn connected_as(
    socket: &mut TcpStream,
    version: Version,
    identity: Option<&Identity>,
) -> io::Result<ClientConnection> {
    socket.set_nodelay(true)?;
    let builder = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[version.row()])
        .expect("a version")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody));
    let config = match identity {
        None => builder.with_no_client_auth(),
        Some(identity) => builder.with_client_cert_resolver(shown(identity)),
    };
    let name = ServerName::try_from("localhost").expect("a name");
    let mut connection = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
    while connection.is_handshaking() {
        connection.complete_io(socket)?;
    }
    Ok(connection)
}

/// One of the library's connections over a socket.
pub trait Ends: Read + Write {
    /// Says that nothing follows, and nothing else.
    fn say_end(&mut self);
    /// The socket under it.
    fn socket(&self) -> &TcpStream;

    /// Says that nothing follows, and ends the socket's stream too.
    fn end(&mut self) {
        self.say_end();
        let _ = self.socket().shutdown(Shutdown::Write);
    }

    /// All that comes, up to the end; an error where the stream is cut.
    fn read_all(&mut self) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        self.read_to_end(&mut all).map(|_| all)
    }
}

impl Ends for ServerStream {
    fn say_end(&mut self) {
        self.conn.send_close_notify();
        // who has gone cannot be told
        let _ = self.flush();
    }

    fn socket(&self) -> &TcpStream {
        &self.sock
    }
}

impl Ends for ClientStream {
    fn say_end(&mut self) {
        self.conn.send_close_notify();
        let _ = self.flush();
    }

    fn socket(&self) -> &TcpStream {
        &self.sock
    }
}

/// A server of one client that runs in a thread of its own.
pub struct OneClient<T> {
    /// Where it listens on 127.0.0.1.
    pub port: u16,
    thread: JoinHandle<T>,
}

impl<T: Send + 'static> OneClient<T> {
    /// Accepts one connection and does this with it.
    pub fn raw(serve: impl FnOnce(TcpStream) -> T + Send + 'static) -> Self {
        let (listener, port) = tcp_listener();
        Self { port, thread: thread::spawn(move || serve(accept(&listener))) }
    }

    /// What came of it.
    pub fn done(self) -> T {
        self.thread.join().expect("the test's own server does not panic")
    }
}

impl<T: Send + 'static> OneClient<io::Result<T>> {
    /// Accepts one connection, shakes hands, and does this with what is secured.
    pub fn start(
        config: &Arc<ServerConfig>,
        serve: impl FnOnce(ServerStream) -> io::Result<T> + Send + 'static,
    ) -> Self {
        let config = Arc::clone(config);
        Self::raw(move |socket| accepted(&config, socket).and_then(serve))
    }
}

/// Believes everybody.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}
