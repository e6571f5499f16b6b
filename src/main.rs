//! `nc`: argv to dialect to plan to run to exit status.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::pin::pin;
use std::process::ExitCode;
use std::rc::Rc;

use netcat::cli::{self, Environment, Invocation};
use netcat::event::{Error, Reporter, Reporting};
use netcat::net::lookup;
use netcat::plan::{Plan, Protocol, Transport};
use netcat::sys::signal::{self, Asking, Ending, Unheard};
use netcat::sys::{limit, stdio};

fn main() -> ExitCode {
    let mut unheard = Unheard::begin();
    let mut args = env::args_os();
    let argv0 = args.next().unwrap_or_else(|| OsString::from("nc"));
    let args: Vec<OsString> = args.collect();
    #[cfg(feature = "lua")]
    if let Some(script) = netcat::lua::asked(args.iter().map(OsString::as_os_str)) {
        return match netcat::lua::run(script) {
            Ok(()) => ExitCode::SUCCESS,
            Err(words) => tell(io::stderr(), format!("nc: {words}\n").as_bytes(), 1),
        };
    }
    let environment = Environment {
        nc_dialect: env::var_os("NC_DIALECT"),
        nc_options: env::var_os("NC_OPTIONS"),
        no_colour: env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || env::var_os("TERM").is_some_and(|terminal| terminal == "dumb"),
        posixly_correct: env::var_os("POSIXLY_CORRECT").is_some(),
        ncat_proxy_auth: env::var_os("NCAT_PROXY_AUTH"),
        keylog: env::var_os("SSLKEYLOGFILE").filter(|path| !path.is_empty()),
    };
    let services = |name: &std::ffi::OsStr, transport: Transport| {
        lookup::service_port(name.to_str()?, is_datagram(transport))
    };
    let mut parsed = cli::parse(&argv0, args, &environment, &services);
    if let Ok(Invocation::AskCommandLine { prompt, dialect }) = parsed {
        // only originals ask
        drop(unheard);
        parsed = match netcat::prompt::ask(prompt) {
            Ok(words) => cli::answered(&argv0, dialect, words, &environment, &services),
            Err(error) => return tell(io::stderr(), format!("{error}\n").as_bytes(), 1),
        };
        unheard = Unheard::begin();
    }
    match parsed {
        Ok(Invocation::Run { plan, reporting }) => carry_out(&plan, reporting, unheard),
        Ok(Invocation::Help { text, on_stderr: true }) => tell(io::stderr(), text.as_bytes(), 0),
        Ok(Invocation::Help { .. } | Invocation::Version { .. }) if stdio::output_was_closed() => {
            tell(io::stderr(), b"nc: standard output is closed\n", 1)
        }
        Ok(Invocation::Help { text, .. } | Invocation::Version { text }) => {
            tell(io::stdout(), text.as_bytes(), 0)
        }
        // an answer asks for nothing
        Ok(Invocation::AskCommandLine { .. }) => ExitCode::FAILURE,
        Err(refusal) => tell(io::stderr(), &refusal.message(), refusal.status()),
    }
}

fn is_datagram(transport: Transport) -> bool {
    transport.protocol() == Protocol::Datagram
}

/// Writes a text and gives the status, or 1 where it could not be written.
fn tell(mut to: impl Write, text: &[u8], status: u8) -> ExitCode {
    match to.write_all(text).and_then(|()| to.flush()) {
        Ok(()) => ExitCode::from(status),
        Err(_) => ExitCode::FAILURE,
    }
}

/// Runs a plan, and ends as it ended: with a status, or by the signal that stopped it.
fn carry_out(plan: &Plan, reporting: Reporting, unheard: Unheard) -> ExitCode {
    let reporter = Rc::new(Reporter::new(reporting, |port, transport| {
        lookup::service_name(port, is_datagram(transport))
    }));
    // those of which an original dies are delivered now
    let unheard = Some(unheard).filter(|_| reporter.answers());
    let started = limit::check_descriptors()
        .and_then(|()| tokio::runtime::Builder::new_current_thread().enable_all().build());
    let runtime = match started {
        Ok(runtime) => runtime,
        Err(error) => return ExitCode::from(reporter.finish(&Err(Error::Start(error)))),
    };
    let ended = runtime.block_on(async {
        let mut ending =
            Ending::listen(plan.leaves_something(), reporter.answers()).map_err(Error::Start)?;
        let asking = unheard.map_or_else(|| Ok(Asking::deaf()), Unheard::listen);
        let mut asking = asking.map_err(Error::Start)?;
        let mut run = pin!(netcat::run::run(plan, reporter.clone()));
        loop {
            tokio::select! {
                result = &mut run => return result.map(|()| None),
                number = ending.wait() => return Ok(Some(number)),
                () = asking.wait() => reporter.ask(),
            }
        }
    });
    // a name lookup that nobody waits for any more may still be under way
    runtime.shutdown_background();
    let result = match ended {
        Ok(Some(number)) => match reporter.interrupted(number) {
            Some(status) => return ExitCode::from(status),
            None => signal::die_of(number),
        },
        Ok(None) => Ok(()),
        Err(error) => {
            if reporter.dies_of_broken_pipe(&error) {
                signal::die_of_broken_pipe();
            }
            Err(error)
        }
    };
    ExitCode::from(reporter.finish(&result))
}
