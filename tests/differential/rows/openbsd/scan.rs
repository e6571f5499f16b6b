//! `-z`: what a scan says, in which order, and with which status.

use crate::scenario::{Family, Other, PLAIN, Scenario};

const TCP: Other = Other::Listens(Family::Tcp);
const UDP: Other = Other::Listens(Family::Udp);

const fn tcp(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, other: TCP, ..PLAIN }
}

const fn udp(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, other: UDP, ..PLAIN }
}

pub const ROWS: &[Scenario] = &[
    tcp("open, silent", "-z 127.0.0.1 {port}"),
    tcp("open", "-zv 127.0.0.1 {port}"),
    tcp("open, -n", "-zvn 127.0.0.1 {port}"),
    tcp("open, by name", "-zv4 localhost {port}"),
    tcp("closed, silent", "-z 127.0.0.1 {closed}"),
    tcp("closed", "-zv 127.0.0.1 {closed}"),
    tcp("closed, by name", "-zv4 localhost {closed}"),
    tcp("a list, as it stands", "-zv 127.0.0.1 {closed} {port} {closed2}"),
    tcp("a list, all closed", "-zv 127.0.0.1 {closed} {closed2}"),
    tcp("a list, silent", "-z 127.0.0.1 {closed} {port}"),
    tcp("the same port twice", "-zv 127.0.0.1 {port} {port}"),
    tcp("a range", "-zv 127.0.0.1 {below}-{above}"),
    tcp("a range backwards", "-zv 127.0.0.1 {above}-{below}"),
    tcp("a range and a port", "-zv 127.0.0.1 {below}-{port} {closed}"),
    tcp("-r with one port", "-zvr 127.0.0.1 {port}"),
    tcp("unknown host, once", "-zv no-such-host.invalid {closed} {closed2}"),
    Scenario { lasts: Some(3.0), ..udp("UDP open, -v", "-zuv 127.0.0.1 {port}") },
    Scenario { lasts: Some(1.0), ..udp("UDP open, -v -w 1", "-zuv -w 1 127.0.0.1 {port}") },
    udp("UDP open, silent", "-zu -w 1 127.0.0.1 {port}"),
    udp("UDP closed, -v", "-zuv 127.0.0.1 {udp-closed}"),
    // without -v nothing is sent, so nothing is learnt, and every port counts as open
    udp("UDP closed, silent", "-zu -w 1 127.0.0.1 {udp-closed}"),
];
