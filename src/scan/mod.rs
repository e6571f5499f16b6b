//! Ports, TCP and UDP, in parallel.

use crate::event::{Error, Failure, Observer};
use crate::layer::dial::{dial, target};
use crate::plan::Scan;

/// Tries each port and reports it. A success if one is open.
pub async fn scan(scan: &Scan, observer: &dyn Observer) -> Result<(), Error> {
    let mut open = false;
    for port in scan.target.ports.iter() {
        let target = target(&scan.target, port, &scan.dial);
        open |= dial(&target, &scan.dial, None, observer).await.is_ok();
    }
    if open { Ok(()) } else { Err(Error::NothingOpen(Failure::Refused)) }
}
