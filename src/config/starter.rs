//! What `sollecito init` writes.
