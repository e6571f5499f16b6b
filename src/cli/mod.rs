//! From argv to a plan.
