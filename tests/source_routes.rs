//! Source routes: through a router, in networks of the test's own, to a listener that sees the way;
//! what makes no route; and options of clients, which a listener says if it says anything.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod common;

use std::process::Command;

use netcat::sys::sockopt;
use socket2::{Domain, Type};

use common::peer::{port_of, refusing, socket};
use common::process::Program;
use common::{may_skip, under_test};

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

/// We are the router between two machines; all three let source routes pass. Nothing is left of it
/// when the three processes are gone.
const ROUTER: &str = r#"
own=$(readlink /proc/self/ns/net)
unshare -n sleep 60 & client=$!
unshare -n sleep 60 & server=$!
trap 'kill $client $server' EXIT
for machine in $client $server; do
    until other=$(readlink /proc/$machine/ns/net) && test "$other" != "$own"; do :; done
done
pass() { for of in all "$@"; do echo 1 > /proc/sys/net/ipv4/conf/$of/accept_source_route; done; }
ip link set lo up &&
ip link add near type veth peer name end netns $client &&
ip link add far type veth peer name end netns $server &&
ip addr add 10.9.1.2/24 dev near && ip addr add 10.9.2.2/24 dev far &&
ip link set near up && ip link set far up &&
echo 1 > /proc/sys/net/ipv4/ip_forward && pass near far || exit 77
set_up='ip link set lo up && ip addr add $1/24 dev end && ip link set end up &&
    ip route add default via $2 &&
    for of in all end; do echo 1 > /proc/sys/net/ipv4/conf/$of/accept_source_route; done'
nsenter -t $client -n sh -c "$set_up" sh 10.9.1.1 10.9.1.2 &&
nsenter -t $server -n sh -c "$set_up" sh 10.9.2.1 10.9.2.2 || exit 77
nsenter -t $server -n timeout 20 "$1" -lvn 10.9.2.1 4711 < /dev/null > "$2/got" 2> "$2/said" &
listener=$!
until grep -q Listening "$2/said"; do kill -0 $listener || exit 1; done
echo through the router |
    nsenter -t $client -n timeout 20 "$1" -g 10.9.1.2 10.9.2.1 4711 && wait $listener
"#;

#[test]
fn a_router_on_the_way_is_passed_and_the_listener_sees_it() {
    let directory = tempfile::tempdir().unwrap();
    let output = Command::new("timeout")
        .args(["60", "unshare", "-n", "sh", "-c", ROUTER, "sh"])
        .arg(under_test(env!("CARGO_BIN_EXE_nc")))
        .arg(directory.path())
        .output()
        .expect("a shell");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.code() == Some(77) || told.contains("unshare failed") {
        assert!(may_skip(), "no networks of our own: {told}");
        println!("skipped: no networks of our own: {told}");
        return;
    }
    let read = |name| std::fs::read_to_string(directory.path().join(name)).unwrap_or_default();
    let said = read("said");
    assert!(output.status.success(), "{told}{said}");
    assert_eq!(read("got"), "through the router\n");
    // the way back: by the router's other address
    assert!(said.contains(" sends IP options: 83 07 04 0a 09 02 02"), "{said}");
}

#[test]
fn what_makes_no_route_is_said_in_one_line() {
    let (_held, port) = refusing(Type::STREAM, 0).unwrap();
    let port = &port.to_string();
    for (args, word) in [
        (&["-g", "127.0.0.5", "-G", "8", "127.0.0.1"][..], "IP_OPTIONS"),
        (&["-g", "name.invalid", "127.0.0.1"], "name.invalid"),
        (&["-g", "::1", "127.0.0.1"], "::1"),
        (&["-g", "127.0.0.5", "::1"], "::1"),
    ] {
        for way in [&["-w", "10"][..], &["-z", "-w", "10"]] {
            let mut running = nc(args).args([port]).args(way).start();
            let status = running.wait_end();
            let said = running.said();
            if status == "exit 0" || said.lines().count() != 1 || !said.contains(word) {
                running.fail(&format!("a line with {word:?} is wanted"));
            }
        }
    }
}

#[test]
fn a_listener_that_says_anything_says_the_options_of_its_clients() {
    /// Record the route (RFC 791): room for one address.
    const RECORD: &[u8] = b"\x07\x07\x04\0\0\0\0\x01";
    for args in [["-lvn", "127.0.0.1", "0"], ["-lkvn", "127.0.0.1", "0"]] {
        let mut running = nc(&args).start();
        let port = running.listening_port();
        let client = socket(Domain::IPV4, Type::STREAM);
        sockopt::set_ip_options(&client, RECORD).expect("an option");
        client.connect(&std::net::SocketAddr::from(([127, 0, 0, 1], port)).into()).unwrap();
        let own = port_of(&client);
        let line = running.wait_line(&format!("nc: 127.0.0.1:{own} sends IP options"));
        assert!(line.contains(": 07 07 08 7f 00 00 01"), "{line}");
    }
}
