//! What happened, as types, and the voices that word it.
