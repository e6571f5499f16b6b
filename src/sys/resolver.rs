//! The resolver's words for its failures, and interface names in addresses.

use std::ffi::{CStr, CString};

/// `EAI_ADDRFAMILY` of glibc.
const EAI_ADDRFAMILY: i32 = -9;

/// What the C library says of a `getaddrinfo` failure.
pub fn reason(code: i32) -> String {
    // SAFETY: `gai_strerror` takes any number and gives a static string.
    let words = unsafe { CStr::from_ptr(libc::gai_strerror(code)) };
    words.to_string_lossy().into_owned()
}

/// The failure of a name that cannot even be asked for.
pub fn unknown_name() -> String {
    reason(libc::EAI_NONAME)
}

/// The failure of an address of a family that is not wanted.
pub fn wrong_family() -> String {
    reason(EAI_ADDRFAMILY)
}

/// The index of a network interface, or a number taken as one.
pub fn interface_index(name: &[u8]) -> Option<u32> {
    let c_name = CString::new(name).ok()?;
    // SAFETY: `c_name` is a string that ends with NUL and lives across the call.
    let index = unsafe { libc::if_nametoindex(c_name.as_ptr()) };
    if index != 0 {
        return Some(index);
    }
    std::str::from_utf8(name).ok()?.parse().ok()
}
