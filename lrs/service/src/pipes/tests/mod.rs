//! Pipes against stores that answer as a script says, on a clock that tests turn and with time that tokio skips.

mod attached;
mod erasing;
mod hooks;
mod pulling;
mod pushing;
mod scripted;
