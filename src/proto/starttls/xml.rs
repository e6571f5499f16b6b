//! The XML of an XMPP stream, as far as it must be cut: tags and the text between them.
//!
//! Streams have no comments, no processing instructions behind the declaration and no document
//! types (RFC 6120 section 11.1), so a `<` opens a tag and a `>` outside quotes closes it. Not a
//! parser of XML: whether end tags fit is not looked at.

/// What stands between `<` and `>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `<?xml version='1.0'?>`
    Declaration,
    /// `<name …>`
    Start(Tag<'a>),
    /// `<name …/>`
    Empty(Tag<'a>),
    /// `</name>`
    End,
}

/// A tag that opens an element, without its brackets and its slash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag<'a>(&'a [u8]);

/// Where an opened tag stands: in quotes, or not.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Quotes(Option<u8>);

impl Quotes {
    /// Whether this byte of an open tag closes it.
    pub(super) fn closes(&mut self, byte: u8) -> bool {
        match (self.0, byte) {
            (None, b'>') => return true,
            (None, b'\'' | b'"') => self.0 = Some(byte),
            (Some(quote), byte) if quote == byte => self.0 = None,
            _ => {}
        }
        false
    }
}

impl<'a> Token<'a> {
    /// Reads a whole tag, brackets included; `None` for what a stream does not have.
    pub(super) fn parse(tag: &'a [u8]) -> Option<Self> {
        let inside = tag.strip_prefix(b"<")?.strip_suffix(b">")?;
        match inside {
            [] | [b'!', ..] => None,
            [b'?', ..] => inside.ends_with(b"?").then_some(Self::Declaration),
            [b'/', ..] => Some(Self::End),
            [inside @ .., b'/'] => Some(Self::Empty(Tag(inside))),
            _ => Some(Self::Start(Tag(inside))),
        }
    }

    /// The first tag, with the text in front of it and what is behind it.
    pub(super) fn first(bytes: &'a [u8]) -> Option<(&'a [u8], Self, &'a [u8])> {
        let start = bytes.iter().position(|&byte| byte == b'<')?;
        let (text, tag) = bytes.split_at(start);
        let mut quotes = Quotes::default();
        let end = tag.iter().position(|&byte| quotes.closes(byte))?;
        let (tag, behind) = tag.split_at(end + 1);
        Some((text, Self::parse(tag)?, behind))
    }
}

impl<'a> Tag<'a> {
    /// The name without its prefix.
    pub(super) fn name(self) -> &'a [u8] {
        let (prefix, name) = self.names();
        name.unwrap_or(prefix)
    }

    /// The prefix and the name; only the name, as the first, if it has none.
    fn names(self) -> (&'a [u8], Option<&'a [u8]>) {
        let end = self.0.iter().position(u8::is_ascii_whitespace).unwrap_or(self.0.len());
        let whole = &self.0[..end];
        match whole.iter().position(|&byte| byte == b':') {
            Some(colon) => (&whole[..colon], Some(&whole[colon + 1..])),
            None => (whole, None),
        }
    }

    /// An attribute's value as it is written.
    pub(super) fn attribute(self, name: &[u8]) -> Option<&'a [u8]> {
        let start = self.0.iter().position(u8::is_ascii_whitespace)?;
        let mut rest = self.0[start..].trim_ascii_start();
        loop {
            let equals = rest.iter().position(|&byte| byte == b'=')?;
            let (this, value) =
                (rest[..equals].trim_ascii(), rest[equals + 1..].trim_ascii_start());
            let (quote, value) = value.split_first()?;
            let end = value.iter().position(|byte| byte == quote)?;
            if this == name {
                return Some(&value[..end]);
            }
            rest = value[end + 1..].trim_ascii_start();
        }
    }

    /// Whether the element may be in this namespace: it does not say itself that it is in another.
    pub(super) fn may_be_in(self, namespace: &[u8]) -> bool {
        let declared = match self.names() {
            (_, None) => self.attribute(b"xmlns"),
            (prefix, Some(_)) => self.attribute(&[b"xmlns:", prefix].concat()),
        };
        declared.is_none_or(|declared| declared == namespace)
    }
}

/// The elements in a whole element, and the text in each up to its first tag.
pub(super) fn children(element: &[u8]) -> Vec<(Tag<'_>, &[u8])> {
    let (mut children, mut depth, mut rest) = (Vec::new(), 0_usize, element);
    while let Some((_, token, behind)) = Token::first(rest) {
        if let (Token::Start(tag) | Token::Empty(tag), 1) = (token, depth) {
            let end = behind.iter().position(|&byte| byte == b'<').unwrap_or(behind.len());
            let text = if matches!(token, Token::Start(_)) { &behind[..end] } else { b"" };
            children.push((tag, text));
        }
        match token {
            Token::Start(_) => depth += 1,
            Token::End => depth = depth.saturating_sub(1),
            Token::Empty(_) | Token::Declaration => {}
        }
        rest = behind;
    }
    children
}

#[cfg(test)]
mod tests {
    use super::{Tag, Token, children};

    #[test]
    fn tags_end_outside_quotes() {
        let (text, token, behind) = Token::first(b" <a b='>' c=\"'>\"/>x").unwrap();
        assert_eq!((text, behind), (&b" "[..], &b"x"[..]));
        assert_eq!(token, Token::Empty(Tag(b"a b='>' c=\"'>\"")));
        assert_eq!(Token::parse(b"</a>"), Some(Token::End));
        assert_eq!(Token::parse(b"<?xml version='1.0'?>"), Some(Token::Declaration));
        for other in ["<!-- -->", "<![CDATA[a]]>", "<>", "<?xml>", "a", "<a", "<"] {
            assert_eq!(Token::parse(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn attributes_are_found_by_their_whole_name() {
        let tag = Tag(b"p:stream  xml:lang='en' version =\n\"1.0\" from='a=b'");
        assert_eq!(tag.name(), b"stream");
        assert_eq!(tag.attribute(b"version"), Some(&b"1.0"[..]));
        assert_eq!(tag.attribute(b"from"), Some(&b"a=b"[..]));
        assert_eq!(tag.attribute(b"lang"), None);
        for broken in ["a", "a b", "a b=", "a b='", "a b=c", "a  "] {
            assert_eq!(Tag(broken.as_bytes()).attribute(b"b"), None, "{broken}");
        }
    }

    #[test]
    fn a_namespace_is_that_of_the_prefix() {
        assert!(Tag(b"a xmlns='n'").may_be_in(b"n"));
        assert!(Tag(b"p:a xmlns='o' xmlns:p='n'").may_be_in(b"n"));
        assert!(Tag(b"p:a").may_be_in(b"n"));
        assert!(!Tag(b"a xmlns='o'").may_be_in(b"n"));
        assert!(!Tag(b"p:a xmlns='n' xmlns:p='o'").may_be_in(b"n"));
    }

    #[test]
    fn children_are_one_level_down() {
        let element = b"<a><b x='1'><c/></b> <d>text<e/></d><f/></a>";
        let children: Vec<_> =
            children(element).into_iter().map(|(tag, text)| (tag.name(), text)).collect();
        assert_eq!(children, [(&b"b"[..], &b""[..]), (b"d", b"text"), (b"f", b"")]);
    }
}
