//! Ports and ranges of ports, already numbers.

/// An inclusive range of ports, `first <= last`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortRange {
    /// Lowest port.
    pub first: u16,
    /// Highest port.
    pub last: u16,
}

impl PortRange {
    /// A range of one.
    pub fn single(port: u16) -> Self {
        Self { first: port, last: port }
    }

    /// A range whose ends may come in either order.
    pub fn new(one: u16, other: u16) -> Self {
        Self { first: one.min(other), last: one.max(other) }
    }

    /// How many ports.
    pub fn count(self) -> usize {
        usize::from(self.last - self.first) + 1
    }
}

/// One or more ranges, in the order given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PortList(pub Vec<PortRange>);

impl PortList {
    /// Every port, range by range, upward.
    pub fn iter(&self) -> impl Iterator<Item = u16> {
        self.0.iter().flat_map(|range| range.first..=range.last)
    }

    /// How many ports in all.
    pub fn count(&self) -> usize {
        self.0.iter().map(|range| range.count()).sum()
    }

    /// The port, if there is exactly one.
    pub fn single(&self) -> Option<u16> {
        match self.0.as_slice() {
            [range] if range.count() == 1 => Some(range.first),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_counts_and_walks_its_ports_in_order() {
        let list = PortList(vec![PortRange::new(5, 3), PortRange::single(80)]);
        assert_eq!(list.iter().collect::<Vec<_>>(), [3, 4, 5, 80]);
        assert_eq!(list.count(), 4);
        assert_eq!(list.single(), None);
        assert_eq!(PortList(vec![PortRange::single(7)]).single(), Some(7));
        assert_eq!(PortList(vec![PortRange::new(0, 65535)]).count(), 65536);
    }
}
