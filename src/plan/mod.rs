//! The neutral plan, and the lint that refuses nonsense before anything is opened.
