//! The protocols that can be upgraded, as a table: name, ports, what the upgrade is called there.

use std::fmt::{self, Display, Formatter};

use super::dialogue::Dialogue;
use super::error::StartTlsError;
use super::{ftp, imap, ldap, mysql, nntp, pop3, postgres, sieve, smtp, xmpp};
use crate::proto::target::Target;

/// A protocol with an upgrade to TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Mail transfer and submission (RFC 3207).
    Smtp,
    /// Local mail delivery (RFC 2033, with the extension of RFC 3207).
    Lmtp,
    /// Mailboxes on a server (RFC 9051 section 6.2.1).
    Imap,
    /// A mailbox to be emptied (RFC 2595 section 4).
    Pop3,
    /// Files, the control connection alone (RFC 4217).
    Ftp,
    /// Messages and presence, a client's stream (RFC 6120 section 5).
    Xmpp,
    /// PostgreSQL ("SSL Session Encryption" in its protocol's description).
    Postgres,
    /// MySQL and MariaDB ("Protocol::SSLRequest" in their protocol's description).
    Mysql,
    /// A directory (RFC 4511 section 4.14).
    Ldap,
    /// News (RFC 4642).
    Nntp,
    /// Mail filters, by ManageSieve (RFC 5804 section 2.2).
    Sieve,
}

/// What is known of a kind.
struct Row {
    kind: Kind,
    name: &'static str,
    /// The default port first.
    ports: &'static [u16],
    request: &'static str,
    open: fn(&Target) -> Result<Box<dyn Dialogue>, StartTlsError>,
}

/// In the order in which the names are listed, which is that of the enum.
const ROWS: [Row; 11] = [
    Row {
        kind: Kind::Smtp,
        name: "smtp",
        ports: &[25, 587],
        request: "STARTTLS",
        open: |_| Ok(Box::new(smtp::Smtp::new(b"EHLO"))),
    },
    Row {
        kind: Kind::Lmtp,
        name: "lmtp",
        ports: &[24],
        request: "STARTTLS",
        open: |_| Ok(Box::new(smtp::Smtp::new(b"LHLO"))),
    },
    Row {
        kind: Kind::Imap,
        name: "imap",
        ports: &[143],
        request: "STARTTLS",
        open: |_| Ok(Box::new(imap::Imap::default())),
    },
    Row {
        kind: Kind::Pop3,
        name: "pop3",
        ports: &[110],
        request: "STLS",
        open: |_| Ok(Box::new(pop3::Pop3::default())),
    },
    Row {
        kind: Kind::Ftp,
        name: "ftp",
        ports: &[21],
        request: "AUTH TLS",
        open: |_| Ok(Box::new(ftp::Ftp::default())),
    },
    Row {
        kind: Kind::Xmpp,
        name: "xmpp",
        ports: &[5222],
        request: "<starttls/>",
        open: |host| Ok(Box::new(xmpp::Xmpp::new(host)?)),
    },
    Row {
        kind: Kind::Postgres,
        name: "postgres",
        ports: &[5432],
        request: "SSLRequest",
        open: |_| Ok(Box::new(postgres::Postgres)),
    },
    Row {
        kind: Kind::Mysql,
        name: "mysql",
        ports: &[3306],
        request: "SSLRequest",
        open: |_| Ok(Box::new(mysql::Mysql)),
    },
    Row {
        kind: Kind::Ldap,
        name: "ldap",
        ports: &[389],
        request: "StartTLS",
        open: |_| Ok(Box::new(ldap::Ldap)),
    },
    Row {
        kind: Kind::Nntp,
        name: "nntp",
        ports: &[119],
        request: "STARTTLS",
        open: |_| Ok(Box::new(nntp::Nntp::default())),
    },
    Row {
        kind: Kind::Sieve,
        name: "sieve",
        ports: &[4190],
        request: "STARTTLS",
        open: |_| Ok(Box::new(sieve::Sieve::default())),
    },
];

impl Kind {
    /// All kinds, in the order in which they are listed.
    pub const ALL: [Self; ROWS.len()] = {
        let mut all = [Self::Smtp; ROWS.len()];
        let mut index = 0;
        while index < all.len() {
            all[index] = ROWS[index].kind;
            index += 1;
        }
        all
    };

    /// The kind of exactly this name, in small letters; `None` for any other.
    pub fn parse(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name().as_bytes() == name)
    }

    /// All names, for messages: `smtp, lmtp, …`.
    pub fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }

    /// The name by which it is asked for: small letters and digits.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The port where none is given, by the IANA's list.
    pub fn port(self) -> u16 {
        self.ports().first().copied().unwrap_or_default()
    }

    /// All the usual ports; the default is the first. Not those where TLS begins at once.
    pub fn ports(self) -> &'static [u16] {
        self.row().ports
    }

    /// What the protocol calls the request for the upgrade, for messages: `AUTH TLS`.
    pub fn request(self) -> &'static str {
        self.row().request
    }

    /// A conversation that has not begun.
    pub(super) fn open(self, host: &Target) -> Result<Box<dyn Dialogue>, StartTlsError> {
        (self.row().open)(host)
    }

    fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}

impl Display for Kind {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, ROWS};

    #[test]
    fn a_row_stands_where_its_kind_points() {
        for (index, row) in ROWS.iter().enumerate() {
            assert_eq!(row.kind as usize, index);
            assert_eq!(Kind::ALL[index], row.kind);
            assert_eq!(row.kind.port(), row.ports[0]);
        }
    }

    #[test]
    fn names_are_taken_exactly() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.name().as_bytes()), Some(kind));
            assert_eq!(Kind::parse(kind.name().to_uppercase().as_bytes()), None);
            assert_eq!(kind.to_string(), kind.name());
        }
        for other in ["", "smt", "smtps", " smtp", "smtp\n", "smtp,imap", "postgresql", "http"] {
            assert_eq!(Kind::parse(other.as_bytes()), None, "{other}");
        }
        assert_eq!(
            Kind::names(),
            "smtp, lmtp, imap, pop3, ftp, xmpp, postgres, mysql, ldap, nntp, sieve"
        );
    }

    #[test]
    fn a_port_belongs_to_one_kind() {
        let mut ports: Vec<_> = Kind::ALL.into_iter().flat_map(Kind::ports).collect();
        let count = ports.len();
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), count);
    }
}
