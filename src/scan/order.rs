//! The order in which ports are tried: as listed, or each range turned round or shuffled.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use crate::plan::{PortList, PortOrder, PortRange};

/// The ports of a list, range by range, in this order within each range.
pub fn ports(list: &PortList, order: PortOrder) -> Box<dyn Iterator<Item = u16> + '_> {
    match order {
        PortOrder::Upward => Box::new(list.iter()),
        PortOrder::Downward => {
            Box::new(list.0.iter().flat_map(|range| (range.first..=range.last).rev()))
        }
        PortOrder::Random => {
            let mut numbers = Numbers(RandomState::new().build_hasher().finish());
            Box::new(list.0.iter().flat_map(move |range| shuffled(*range, &mut numbers)))
        }
    }
}

/// Every port of a range, each order equally likely (Fisher and Yates).
fn shuffled(range: PortRange, numbers: &mut Numbers) -> Vec<u16> {
    let mut ports: Vec<u16> = (range.first..=range.last).collect();
    for last in (1..ports.len()).rev() {
        ports.swap(last, numbers.below(last + 1));
    }
    ports
}

/// Pseudo-random numbers (Steele, Lea and Flood's SplitMix64): good enough to shuffle, not to
/// keep a secret.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number under `bound`, which is at most 65536: the upper half of the product leaves a
    /// bias of no more than 2⁻⁴⁸.
    fn below(&mut self, bound: usize) -> usize {
        let product = u128::from(self.next()) * bound as u128;
        usize::try_from(product >> 64).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(ranges: &[(u16, u16)]) -> PortList {
        PortList(ranges.iter().map(|(first, last)| PortRange::new(*first, *last)).collect())
    }

    #[test]
    fn ports_come_as_listed() {
        let list = list(&[(20, 22), (7, 7), (21, 21)]);
        assert_eq!(ports(&list, PortOrder::Upward).collect::<Vec<_>>(), [20, 21, 22, 7, 21]);
    }

    #[test]
    fn a_shuffle_stays_within_its_range_and_loses_nothing() {
        let list = list(&[(100, 199), (0, u16::MAX), (5, 5)]);
        let tried: Vec<u16> = ports(&list, PortOrder::Random).collect();
        assert_eq!(tried.len(), 100 + 65536 + 1);
        let sorted = |part: &[u16]| {
            let mut part = part.to_vec();
            part.sort_unstable();
            part
        };
        assert_eq!(sorted(&tried[..100]), (100..200).collect::<Vec<_>>());
        assert_eq!(sorted(&tried[100..65636]), (0..=u16::MAX).collect::<Vec<_>>());
        assert_eq!(tried[65636], 5);
        // one order in 65536! is the upward one
        assert!(!tried[100..65636].is_sorted());
    }

    #[test]
    fn two_seeds_give_two_orders_and_one_seed_one() {
        let range = PortRange::new(1, 1000);
        let order = |seed| shuffled(range, &mut Numbers(seed));
        assert_eq!(order(1), order(1));
        assert_ne!(order(1), order(2));
    }

    #[test]
    fn every_place_is_reached() {
        let mut first = [0; 4];
        let mut numbers = Numbers(7);
        for _ in 0..4000 {
            first[usize::from(shuffled(PortRange::new(0, 3), &mut numbers)[0])] += 1;
        }
        assert!(first.iter().all(|count| (800..1200).contains(count)), "{first:?}");
    }
}
