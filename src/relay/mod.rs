//! Moves bytes between two ends: two directions, two states.
