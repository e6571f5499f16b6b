//! What the other end speaks in place of what was expected, and how to speak it.

use super::shown;
use crate::proto::lint::Foreign;

/// The sentence.
pub(super) fn words(foreign: &Foreign) -> String {
    match foreign {
        Foreign::TlsAlert { .. } | Foreign::Tls => {
            "the server speaks TLS on this port: try nc --tls".to_owned()
        }
        Foreign::PlainOnTlsPort => "that is HTTP on a port for HTTPS: try nc --tls".to_owned(),
        Foreign::Ssh { banner } => {
            format!("this is an SSH server ({}): use ssh", shown(banner))
        }
        Foreign::Telnet => "the server negotiates telnet: try nc -t".to_owned(),
        Foreign::Http => "the server speaks HTTP: try --lint http".to_owned(),
        Foreign::Greeting { text } => {
            format!("this is a mail or file server: \"{}\"", shown(text))
        }
        Foreign::Redis => "this is a Redis server: try --lint redis".to_owned(),
    }
}
