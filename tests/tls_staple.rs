//! An authority's word that a server's certificate is not revoked: with `-T muststaple` it must be
//! there, about that certificate, and signed by its issuer or who was put in charge.
#![cfg(feature = "tls")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod common;

use std::process::{Command, Stdio};

use common::authority::{Authority, Files, Identity, Leaf};
use common::process::{Input, Program};
use common::{may_skip, under_test};
use rcgen::ExtendedKeyUsagePurpose::OcspSigning;

const HELLO: &[u8] = b"hello\n";

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc")))
        .args(["--dialect", "openbsd-upstream", "-c"])
        .args(args)
}

fn without_openssl() -> bool {
    let found = Command::new("openssl").arg("version").stdout(Stdio::null()).status().is_ok();
    if !found {
        assert!(may_skip(), "no openssl here");
        println!("skipped: openssl is not installed");
    }
    !found
}

/// An authority with a server's certificate, and the files of both.
struct World {
    files: Files,
    root: Authority,
    own: Identity,
    cafile: String,
}

impl World {
    fn new() -> Self {
        let (files, root) = (Files::new(), Authority::root("Root of the test"));
        let own = root.sign(&Leaf::of(&["localhost"]));
        files.identity("own", &own);
        let cafile = files.authority("root", &root);
        Self { files, root, own, cafile }
    }

    /// The word of this one about this certificate of the root's, as `openssl ocsp` says it with a
    /// row of its list: `V` for a good certificate, `R` for a revoked one.
    fn word(&self, about: &Identity, row: &str, signer: &Identity) -> String {
        let Self { files, cafile, .. } = self;
        let serial = about.certificate().serial_text();
        let list = files.write("index", format!("{row}\t{serial}\tunknown\t/CN=a leaf\n"));
        files.identity("about", about);
        files.identity("signer", signer);
        let staple = files.path("staple");
        let made = Command::new("openssl")
            .args(["ocsp", "-index", &list, "-CA", cafile, "-issuer", cafile, "-ndays", "3"])
            .args(["-rsigner", &files.path("signer.pem"), "-rkey", &files.path("signer.key")])
            .args(["-cert", &files.path("about.pem"), "-respout", &staple, "-noverify"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(made.unwrap().success(), "{row}");
        staple
    }

    /// How a client that wants the word ends, and what it says, where the server shows this one.
    fn shown(&self, staple: Option<&str>) -> (String, Vec<u8>, String) {
        let (certificate, key) = (self.files.path("own.pem"), self.files.path("own.key"));
        let staple = staple.map(|path| ["-o", path]);
        let mut server = nc(&["-lvn", "-C", &certificate, "-K", &key, "-R", &self.cafile])
            .args(staple.iter().flatten())
            .args(["127.0.0.1", "0"])
            .input(Input::Regular(HELLO.to_vec()))
            .start();
        let port = server.listening_port().to_string();
        let args =
            ["-N", "-T", "muststaple", "-R", &self.cafile, "-e", "localhost", "127.0.0.1", &port];
        let mut client = nc(&args).start();
        let status = client.wait_end();
        (status, client.stdout.clone(), client.said())
    }

    #[track_caller]
    fn is_refused(&self, staple: Option<&str>, words: &str) {
        let (status, stdout, said) = self.shown(staple);
        assert_eq!((status.as_str(), stdout.as_slice()), ("exit 1", &b""[..]), "{said}");
        let words = format!("certificate verification failed: {words})");
        assert!(said.trim_end().ends_with(&words), "{said} and not {words}");
    }

    #[track_caller]
    fn is_believed(&self, staple: &str) {
        let (status, stdout, said) = self.shown(Some(staple));
        assert_eq!((status.as_str(), stdout.as_slice()), ("exit 0", HELLO), "{said}");
    }
}

const GOOD: &str = "V\t491231235959Z\t";
const REVOKED: &str = "R\t491231235959Z\t200101000000Z";

#[test]
fn the_word_of_the_issuer_or_its_deputy_counts_and_no_others() {
    if without_openssl() {
        return;
    }
    let world = World::new();
    let World { root, own, files, .. } = &world;
    let issuer = root.as_identity();
    world.is_refused(None, "the peer does not show that it is not revoked");
    world.is_believed(&world.word(own, GOOD, &issuer));
    let deputy = root.sign(&Leaf::of(&["ocsp"]).purpose(OcspSigning));
    world.is_believed(&world.word(own, GOOD, &deputy));

    let bad = |words: &str| format!("what the peer shows of its not being revoked {words}");
    let unsigned = bad("is not signed by who signed it");
    let nobody = root.sign(&Leaf::of(&["anybody"]));
    world.is_refused(Some(&world.word(own, GOOD, &nobody)), &unsigned);
    let late = root.sign(&Leaf::of(&["ocsp"]).purpose(OcspSigning).days(-30, -3));
    world.is_refused(Some(&world.word(own, GOOD, &late)), &unsigned);
    let namesake = Authority::root("Root of the test");
    world.is_refused(Some(&world.word(own, GOOD, &namesake.as_identity())), &unsigned);
    let theirs = namesake.sign(&Leaf::of(&["ocsp"]).purpose(OcspSigning));
    world.is_refused(Some(&world.word(own, GOOD, &theirs)), &unsigned);

    world.is_refused(Some(&world.word(own, REVOKED, &issuer)), "certificate revoked");
    let other = root.sign(&Leaf::of(&["localhost"]));
    let about_other = world.word(&other, GOOD, &issuer);
    world.is_refused(Some(&about_other), &bad("is about another certificate"));

    let good = std::fs::read(world.word(own, GOOD, &issuer)).unwrap();
    let cut = files.write("cut", &good[..good.len() - 1]);
    world.is_refused(Some(&cut), &bad("cannot be read"));
    world.is_refused(Some(&files.write("text", "no")), &bad("cannot be read"));
    let mut changed = good;
    let end = changed.windows(2).position(|two| two == [0x80, 0]).unwrap();
    changed[end] = 0x82; // unknown in place of good, which is not what was signed
    world.is_refused(Some(&files.write("changed", &changed)), &unsigned);
}

#[test]
fn a_certificate_that_is_not_in_the_list_is_not_known() {
    if without_openssl() {
        return;
    }
    let world = World::new();
    let issuer = world.root.as_identity();
    let list = "V\t491231235959Z\t\t01\tunknown\t/CN=x\nV\t491231235959Z\t\t02\tunknown\t/CN=y\n#";
    let unknown = world.word(&world.own, list, &issuer);
    world.is_refused(
        Some(&unknown),
        "what the peer shows of its not being revoked is that nobody knows it",
    );
}
