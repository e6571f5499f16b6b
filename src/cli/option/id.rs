//! The settings, by name.

/// Every setting that any dialect can express, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Id {
    /// IPv4 only.
    Ipv4,
    /// IPv6 only.
    Ipv6,
    /// `SO_BROADCAST`.
    Broadcast,
    /// Send LF as CR LF.
    Crlf,
    /// Lines are edited at a terminal.
    Edit,
    /// Edited lines are not kept.
    NoHistory,
    /// `SO_DEBUG`.
    DebugSocket,
    /// Standard input is not read.
    NoInput,
    /// The connected socket is passed over standard output.
    PassSocket,
    /// A file or terminal in place of the network.
    File,
    /// Print help.
    Help,
    /// Receive buffer.
    ReceiveBuffer,
    /// Pause between lines sent, and between ports scanned.
    Interval,
    /// With listening: further clients. Without: `SO_KEEPALIVE`, where the dialect has it.
    KeepOpen,
    /// Listen.
    Listen,
    /// Outgoing TTL.
    Ttl,
    /// Least incoming TTL.
    MinTtl,
    /// The end of input is passed on as a half-close.
    HalfClose,
    /// The end of input is not passed on.
    NoShutdown,
    /// Addresses only, no names.
    Numeric,
    /// Send buffer.
    SendBuffer,
    /// User name for the proxy.
    ProxyUser,
    /// User name and password for the proxy.
    ProxyAuth,
    /// Own port.
    SourcePort,
    /// Leave so long after the end of input.
    QuitAfter,
    /// Ports in random order.
    Randomize,
    /// TCP MD5 signatures.
    Md5,
    /// Own address.
    SourceAddress,
    /// Type of service.
    Tos,
    /// Answer telnet negotiation.
    Telnet,
    /// UDP, or a datagram socket of the Unix domain.
    Udp,
    /// Unix domain.
    Unix,
    /// Routing table.
    RoutingTable,
    /// Say more.
    Verbose,
    /// Leave after so many reads.
    ReceiveLimit,
    /// Limit for connecting and for idling.
    Wait,
    /// Limit for idling alone.
    IdleTimeout,
    /// What the proxy speaks.
    ProxyKind,
    /// The proxy.
    Proxy,
    /// DCCP.
    Dccp,
    /// Look which ports answer.
    Scan,
    /// Which dialect.
    Dialect,
    /// Events as JSON lines.
    Json,
    /// A closing line for people.
    Why,
    /// How far a conversation has come.
    Progress,
    /// Which exit statuses.
    ExitStatus,
    /// Print the version.
    Version,
    /// What the practice server speaks.
    Lab,
    /// The practice server says how it reads each line.
    LabExplain,
    /// A program that talks to the peer.
    Exec,
    /// Words for a shell that talks to the peer.
    ShellExec,
    /// A Lua script that talks to the peer.
    LuaExec,
    /// A program in a pseudo-terminal.
    Pty,
    /// The program's errors go to the peer as well.
    ProgramErrors,
    /// Most clients at once.
    MostClients,
    /// What one client says goes to all others.
    Broker,
    /// The same with names.
    Chat,
    /// Who is let in.
    Allow,
    /// A file of who is let in.
    AllowFile,
    /// Who is not let in.
    Deny,
    /// A file of who is not let in.
    DenyFile,
    /// Who looks up names behind a proxy.
    ProxyDns,
    /// A record of what passes, in the dialect's form.
    Output,
    /// A hex dump in traditional's form, where that is not what [`Id::Output`] means.
    HexLines,
    /// The same as a hex dump.
    HexDump,
    /// A hex dump across packets (toybox's `-O`).
    HexStream,
    /// Records are appended.
    AppendOutput,
    /// The default face's log.
    Log,
    /// A packet capture.
    Pcap,
    /// A hex dump in the default face's own form, on standard output.
    Hex,
    /// What the peer sends is shown as it came.
    Raw,
    /// Lines of the peer have a mark.
    Marks,
    /// When there are colours.
    Colour,
    /// Who reads along in a conversation by hand.
    Lint,
    /// A pause before each block moved.
    Delay,
    /// The most bytes a second.
    Rate,
    /// The bytes of each direction are added up.
    Sum,
    /// What the peer sends is dropped.
    SendOnly,
    /// A hop of a source route.
    SourceRoute,
    /// The pointer of a source route.
    SourceRoutePointer,
    /// SCTP.
    Sctp,
    /// UDP-Lite.
    UdpLite,
    /// Sockets of virtual machines.
    Vsock,
    /// Several paths for one connection.
    Mptcp,
    /// A port of ours that leads elsewhere.
    Tunnel,
    /// Source port of the far side of a tunnel.
    TunnelPort,
    /// Source address of the far side of a tunnel.
    TunnelSource,
    /// `SO_KEEPALIVE`, where it has a letter of its own.
    KeepAlive,
    /// Listen again and again, each connection in the background (toybox's `-L`, BusyBox's `-ll`).
    ListenForever,
    /// TCP, which is so anyway.
    Tcp,
    /// Leave at the end of input (GNU's `-c`).
    Close,
    /// A terminal for the program (toybox's `-t`).
    Tty,
    /// Words for programs: what Ncat's own developers use.
    Ignored,
    /// TLS.
    Tls,
    /// Our certificate.
    TlsCert,
    /// Its key.
    TlsKey,
    /// Whom to believe, in a file.
    TlsTrust,
    /// The peer's certificate is checked (Ncat's `--ssl-verify`).
    TlsVerify,
    /// The peer's certificate is not checked.
    TlsInsecure,
    /// The name that the peer's certificate must have.
    TlsName,
    /// The name that is asked for.
    TlsServerName,
    /// Protocols inside.
    TlsAlpn,
    /// Cipher suites.
    TlsCiphers,
    /// The oldest version.
    TlsMin,
    /// The newest version.
    TlsMax,
    /// Certificates or keys known beforehand.
    TlsPin,
    /// Where secrets are written.
    TlsKeylog,
    /// What is spoken before TLS.
    StartTls,
    /// Clients must show a certificate of these.
    TlsClients,
    /// A word that a certificate is not revoked.
    TlsStaple,
    /// Where the peer's chain is kept.
    TlsKeepChain,
    /// A certificate that expires so soon is a failure.
    Warn,
    /// Where the certificates that are looked at are kept.
    Pem,
    /// Escapes in our input stand for bytes.
    Escapes,
    /// Placeholders in our input are filled.
    Fill,
    /// A form in parts.
    Multipart,
    /// A request is written on standard output instead of being sent.
    DryRun,
    /// What a command line means in each dialect.
    ExplainCommand,
    /// Type of service, or a word about TLS (upstream OpenBSD's `-T`).
    TosOrTls,
    /// Refused when it is met (traditional's `-a`).
    NotYet,
}
