//! What end-to-end tests share: a running Traccia and clients typed by who is asking.
