//! Random bytes that nobody can guess.

use std::io;

use rustix::rand::GetRandomFlags;

/// Fills the buffer from the kernel's random source.
pub fn fill(mut buffer: &mut [u8]) -> io::Result<()> {
    while !buffer.is_empty() {
        match rustix::rand::getrandom(&mut *buffer, GetRandomFlags::empty()) {
            Ok(count) => buffer = &mut buffer[count..],
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn two_draws_differ() {
        let (mut one, mut other) = ([0; 16], [0; 16]);
        super::fill(&mut one).unwrap();
        super::fill(&mut other).unwrap();
        assert!(one != other && one != [0; 16]);
    }
}
