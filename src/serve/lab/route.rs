//! What is answered to a request: a function of the request and nothing else.

#[cfg(test)]
mod tests;

use serde::de::IgnoredAny;

use super::form::{self, percent_decode};
use super::refusal::Refusal;
use super::request::Request;
use super::response::{Response, Status};

/// Answers a request; it may take the body away, which can be large.
type Handler = fn(&mut Request) -> Response;

/// Something that lives under a path.
struct Resource {
    path: &'static [u8],
    /// The methods below and OPTIONS.
    allow: &'static str,
    methods: &'static [(&'static [u8], Handler)],
}

const RESOURCES: &[Resource] = &[
    Resource {
        path: b"/hello",
        allow: "GET, HEAD, OPTIONS",
        // What HEAD must leave out is left out when the answer is written.
        methods: &[(b"GET", hello), (b"HEAD", hello)],
    },
    Resource { path: b"/login", allow: "POST, OPTIONS", methods: &[(b"POST", login)] },
    Resource { path: b"/save", allow: "POST, OPTIONS", methods: &[(b"POST", save)] },
];

/// What `OPTIONS *` names: all methods that any resource takes.
const ALL_METHODS: &str = "GET, HEAD, POST, OPTIONS";

const USERNAME: &[u8] = b"student";
const PASSWORD: &[u8] = b"welcome";

/// Answers a request.
pub(super) fn respond(request: &mut Request) -> Response {
    if request.target == b"*" && request.method == b"OPTIONS" {
        return options(ALL_METHODS);
    }
    let Some(path) = path(&request.target) else {
        return Response::text(
            Status::BadRequest,
            "The target must be a path and begin with /, as in GET /hello HTTP/1.1\n",
        )
        .ending(); // after CONNECT, something other than a request would follow
    };
    let Some(resource) = RESOURCES.iter().find(|resource| resource.path == path) else {
        return Response::text(
            Status::NotFound,
            "There is nothing here. Try /hello, /login or /save\n",
        );
    };
    if request.method == b"OPTIONS" {
        return options(resource.allow);
    }
    let method = resource.methods.iter().find(|(method, _)| *method == request.method);
    match method {
        Some((_, answer)) => answer(request),
        None => Response::text(
            Status::MethodNotAllowed,
            format!("This method is not allowed here. Allowed: {}\n", resource.allow),
        )
        .with("Allow", resource.allow),
    }
}

/// The answer to something that could not be read as a request.
pub(super) fn refuse(refusal: Refusal) -> Response {
    Response::text(refusal.status(), format!("{refusal}\n")).ending()
}

/// The decoded path of a target in origin form or absolute form (RFC 9112 section 3.2), without
/// the query. An escape that is none stands for itself and so matches no resource.
fn path(target: &[u8]) -> Option<Vec<u8>> {
    let absolute = [b"http://".as_slice(), b"https://"].into_iter().find(|scheme| {
        target.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    let target = match absolute {
        Some(scheme) => {
            let rest = &target[scheme.len()..];
            let authority =
                rest.iter().position(|byte| b"/?#".contains(byte)).unwrap_or(rest.len());
            match &rest[authority..] {
                path @ [b'/', ..] => path,
                _ => b"/",
            }
        }
        None if target.starts_with(b"/") => target,
        None => return None,
    };
    let end = target.iter().position(|byte| b"?#".contains(byte)).unwrap_or(target.len());
    let path = &target[..end];
    Some(percent_decode(path).unwrap_or_else(|_| path.to_vec()))
}

fn options(allow: &'static str) -> Response {
    Response::text(Status::Ok, format!("Allowed: {allow}\n")).with("Allow", allow)
}

fn hello(_: &mut Request) -> Response {
    Response::text(Status::Ok, "Hello! You have just spoken HTTP by hand.\n")
}

fn login(request: &mut Request) -> Response {
    if let Some(refused) = refused_for_lack_of(request, "application/x-www-form-urlencoded") {
        return refused;
    }
    let fields = form::field(&request.body, b"username")
        .and_then(|username| Ok((username, form::field(&request.body, b"password")?)));
    match fields {
        Ok((Some(username), Some(password))) if username == USERNAME && password == PASSWORD => {
            Response::text(Status::Ok, "Welcome, student! You are logged in.\n")
        }
        Ok((Some(_), Some(_))) => {
            // RFC 9110 section 15.5.2 wants a challenge with each 401. No registered scheme
            // stands for "fill in the form", and clients pass over a scheme they do not know.
            Response::text(Status::Unauthorized, "Wrong username or password.\n")
                .with("WWW-Authenticate", "Form realm=\"nc-lab\"")
        }
        Ok(_) => Response::text(
            Status::BadRequest,
            "The form needs two fields: username=...&password=...\n",
        ),
        Err(error) => {
            Response::text(Status::BadRequest, format!("The form cannot be read: {error}\n"))
        }
    }
}

fn save(request: &mut Request) -> Response {
    const JSON: &str = "application/json";
    if let Some(refused) = refused_for_lack_of(request, JSON) {
        return refused;
    }
    match check_json(&request.body) {
        Ok(()) => Response {
            content_type: JSON,
            body: std::mem::take(&mut request.body),
            ..Response::text(Status::Ok, "")
        },
        Err(problem) => {
            Response::text(Status::BadRequest, format!("The body is not JSON: {problem}\n"))
        }
    }
}

/// A POST must announce a body and say what it is.
///
/// Without a length, RFC 9112 section 6.3 gives the request no body at all; what was meant as
/// one would then be read as the next request, so the connection ends with this answer.
fn refused_for_lack_of(request: &Request, media_type: &'static str) -> Option<Response> {
    if !request.announces_body() {
        return Some(
            Response::text(
                Status::LengthRequired,
                "A body needs a Content-Length header that gives its number of bytes\n",
            )
            .ending(),
        );
    }
    (!request.has_media_type(media_type)).then(|| {
        Response::text(
            Status::UnsupportedMediaType,
            format!("This needs the header Content-Type: {media_type}\n"),
        )
        .with("Accept", media_type) // RFC 9110 section 15.5.16
    })
}

/// Whether `body` is one JSON text (RFC 8259) in UTF-8; if not, what is wrong and where.
fn check_json(body: &[u8]) -> Result<(), String> {
    // `IgnoredAny` passes over strings without looking at their bytes, so UTF-8 is checked first.
    if let Err(error) = std::str::from_utf8(body) {
        let before = &body[..error.valid_up_to()];
        let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        let line = before.split(|&byte| byte == b'\n').count();
        let column = before.len() - line_start + 1;
        return Err(format!("no UTF-8 at line {line} column {column}"));
    }
    // Nothing is built, so neither depth nor size of the text costs memory.
    serde_json::from_slice::<IgnoredAny>(body).map(|_| ()).map_err(|error| error.to_string())
}
