//! The bodies of what changes a text that is typed: escapes and placeholders.

use super::super::escapes::Escapes;
use super::super::fill::{Fill, Sources};
use super::reads::however_cut;

/// How the text is cut does not matter, and nothing gets longer.
pub fn escapes(data: &[u8]) {
    let (stream, turned) = however_cut(data, |reads| {
        let (mut escapes, mut out) = (Escapes::default(), Vec::new());
        let pushed = reads.iter().try_for_each(|read| escapes.push(read, &mut out));
        pushed.and_then(|()| escapes.finish()).map(|()| out)
    });
    match turned {
        Ok(turned) if stream.contains(&b'\\') => assert!(turned.len() < stream.len()),
        Ok(turned) => assert_eq!(turned, stream),
        Err(_) => assert!(stream.contains(&b'\\')),
    }
}

/// How the text is cut does not matter, nothing is left behind, and without a brace nothing changes.
pub fn fill(data: &[u8]) {
    let variable = |name: &str| name.starts_with('A').then(|| b"a\n".to_vec());
    let sources = Sources { variable: &variable, now: &|| "now".to_owned() };
    for typed in [false, true] {
        let (stream, filled) = however_cut(data, |reads| {
            let (mut fill, mut out) = (Fill::new(typed), Vec::new());
            let pushed = reads.iter().try_for_each(|read| fill.push(read, &sources, &mut out));
            let filled = pushed.and_then(|()| fill.finish(&mut out)).map(|()| out);
            assert!(filled.is_err() || fill.held() == 0);
            filled
        });
        if !stream.contains(&b'{') {
            assert_eq!(filled, Ok(stream));
        }
    }
}
