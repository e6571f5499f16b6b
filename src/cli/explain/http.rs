//! `nc http`: how its request is spelled, and told.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use super::line::Line;
use super::spelled::{host_port, unix_name};
use crate::plan::{AfterInput, Connect, Remote, Request, Session};
use crate::proto::escape::escape;
use crate::proto::http_request::{Body, Item};

impl Line {
    /// A request that is sent.
    pub fn http(&mut self, connect: &Connect) {
        let Some(request) = &connect.request else { return };
        self.beginning(request);
        let authority = match &connect.remote {
            Remote::Inet(inet) => host_port(&inet.host, inet.ports.single().unwrap_or_default()),
            Remote::Unix { kind, name, .. } => {
                self.unix(*kind);
                self.operand(unix_name(name));
                OsString::from_vec(request.host.clone())
            }
            Remote::Vsock { cid, port } => {
                self.switch("vsock");
                format!("{cid}:{port}").into()
            }
            Remote::File(_) => OsString::new(),
        };
        self.rest(authority, request);
        self.dial(&connect.dial);
        // what the word says by itself
        let session = Session {
            after_input: AfterInput::HalfClose,
            idle_is_failure: false,
            wants_answer: None,
            ..connect.session.clone()
        };
        self.endless_handshake(&connect.dial);
        self.session(&session, connect.dial.timeout, false);
    }

    /// A request that is printed.
    pub fn composed(&mut self, request: &Request) {
        self.switch("dry-run");
        self.beginning(request);
        // `Host` has a port only where it is not the scheme's
        let scheme = if request.host.ends_with(b":80") { "https://" } else { "http://" };
        let mut authority = OsString::from(scheme);
        authority.push(OsStr::from_bytes(&request.host));
        self.rest(authority, request);
    }

    fn beginning(&mut self, request: &Request) {
        self.operand("http");
        self.operand(OsString::from_vec(request.method.clone()));
    }

    fn rest(&mut self, mut address: OsString, request: &Request) {
        address.push(OsStr::from_bytes(&request.target));
        self.operand(address);
        self.switch_if(matches!(request.body, Body::Multipart(_)), "multipart");
        for item in Item::of(request) {
            self.operand(OsString::from_vec(item.word()));
        }
    }
}

/// What is sent, or printed.
pub fn told(request: &Request) -> String {
    let words = [&request.method, b" ".as_slice(), &request.target, b" for ", &request.host];
    let mut told = format!("the request {}", escape(&words.concat()));
    let items = Item::of(request);
    let items: Vec<_> = items.iter().map(|item| escape(&item.word()).to_string()).collect();
    if !items.is_empty() {
        told.push_str(" with ");
        told.push_str(&items.join(", "));
    }
    if matches!(request.body, Body::Multipart(_)) {
        told.push_str(" (a form in parts)");
    }
    told
}
