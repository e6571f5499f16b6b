//! Looking up the names of the addresses that are connected to.

use std::cell::RefCell;

use super::*;

/// Keeps the names that were looked up.
struct Names {
    wanted: bool,
    found: RefCell<Vec<Option<Vec<u8>>>>,
}

impl Observer for Names {
    fn observe(&self, event: &Event) {
        if let Event::Resolved { names, .. } = event {
            self.found.replace(names.clone());
        }
    }

    fn wants(&self, detail: Detail) -> bool {
        self.wanted && detail == Detail::PeerNames
    }
}

#[tokio::test]
async fn names_of_addresses_are_looked_up_only_where_they_are_wanted_and_allowed() {
    for (wanted, numeric, looked_up) in [(true, false, 1), (false, false, 0), (true, true, 0)] {
        let dial = Dial { numeric, ..Dial::default() };
        let means = Means { dial: &dial, md5_key: None, deadline: None, to_proxy: false };
        let (host, transport) = ("127.0.0.1".into(), Transport::Tcp);
        let target = Target { host, port: 1, transport, numeric };
        let names = Names { wanted, found: RefCell::default() };
        let addresses = resolve(&target, means, &names).await;
        assert_eq!(addresses.map(|found| found.len()).ok(), Some(1));
        assert_eq!(names.found.borrow().len(), looked_up);
    }
}
