//! `multipart/form-data` (RFC 7578), its names written as the HTML standard writes them.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::request::Part;

/// The parts, each with its bytes; with the boundary that stands between them.
///
/// `bytes` has those of each part in order.
pub fn encode(parts: &[Part], bytes: &[Vec<u8>]) -> (String, Vec<u8>) {
    let heads: Vec<Vec<u8>> = parts.iter().map(head).collect();
    let all = || heads.iter().chain(bytes).map(Vec::as_slice);
    let boundary = boundary(candidates(all()), &all());
    let mut body = Vec::with_capacity(all().map(|piece| piece.len() + 64).sum());
    for (head, bytes) in heads.iter().zip(bytes) {
        for piece in [b"--", boundary.as_bytes(), b"\r\n", head, b"\r\n", bytes, b"\r\n"] {
            body.extend_from_slice(piece);
        }
    }
    for piece in [b"--", boundary.as_bytes(), b"--\r\n"] {
        body.extend_from_slice(piece);
    }
    (boundary, body)
}

/// The lines before a part's bytes, without the empty one.
fn head(part: &Part) -> Vec<u8> {
    let mut head = b"Content-Disposition: form-data; name=\"".to_vec();
    quote(&part.name, &mut head);
    head.push(b'"');
    if let Some(name) = part.content.file_name() {
        head.extend_from_slice(b"; filename=\"");
        quote(name, &mut head);
        head.extend_from_slice(b"\"\r\nContent-Type: application/octet-stream");
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// Three bytes would end a name or its line; no other is changed.
fn quote(name: &[u8], to: &mut Vec<u8>) {
    for &byte in name {
        match byte {
            b'\n' => to.extend_from_slice(b"%0A"),
            b'\r' => to.extend_from_slice(b"%0D"),
            b'"' => to.extend_from_slice(b"%22"),
            _ => to.push(byte),
        }
    }
}

/// The first of them that occurs nowhere.
fn boundary<'a>(
    mut candidates: impl Iterator<Item = String>,
    pieces: &(impl Iterator<Item = &'a [u8]> + Clone),
) -> String {
    let occurs = |candidate: &str| {
        let candidate = candidate.as_bytes();
        pieces.clone().any(|piece| piece.windows(candidate.len()).any(|part| part == candidate))
    };
    candidates.find(|candidate| !occurs(candidate)).unwrap_or_default()
}

/// Boundaries that follow from the bytes: the same request is the same each time it is composed, and
/// nobody can write bytes that hold their own digest.
fn candidates<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> impl Iterator<Item = String> {
    let mut digest = Sha256::new();
    for piece in pieces {
        digest.update(piece);
    }
    (0_u64..).map(move |number| {
        let digest = digest.clone().chain_update(number.to_be_bytes()).finalize();
        digest.iter().take(16).fold("nc-".to_owned(), |mut text, byte| {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_that_occurs_is_not_taken() {
        let names = ["a", "b", "c"].map(str::to_owned);
        let pieces: [&[u8]; 2] = [b"xax", b"zb"];
        assert_eq!(boundary(names.into_iter(), &pieces.into_iter()), "c");
        let mut several = candidates(pieces.into_iter());
        let (first, second) = (several.next().unwrap(), several.next().unwrap());
        assert_ne!(first, second);
        assert_eq!(
            candidates(pieces.into_iter()).next().unwrap(),
            first,
            "it follows from the bytes"
        );
        assert_eq!(first.len(), 35);
    }
}
