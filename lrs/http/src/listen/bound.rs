//! How many connections there may be: fewer than the system lets this process open files, so that
//! the store and the next connection always find a descriptor.

/// Descriptors that are kept for everything else: the store, its readers, the log.
const KEPT: u64 = 128;
/// The most connections that are taken of themselves: each may hold a hundred kilobytes.
const MOST: usize = 8192;

/// The bound for a process that may open `descriptors` files, where `wanted` connections are set;
/// 0 for as many as there is room for.
fn bound(descriptors: Option<u64>, wanted: usize) -> usize {
    let room = descriptors.map_or(u64::MAX, |all| (all - KEPT.min(all / 2)).max(1));
    let room = usize::try_from(room).unwrap_or(usize::MAX);
    room.min(if wanted == 0 { MOST } else { wanted })
}

/// [`bound`] for this process; says in the log where the system allows fewer than were set.
pub(super) fn of_this_process(wanted: usize) -> usize {
    let descriptors = descriptors();
    let bound = bound(descriptors, wanted);
    if bound < wanted {
        tracing::warn!(
            wanted,
            bound,
            "limits.connections is more than the descriptor limit leaves: raise that (ulimit -n)"
        );
    }
    bound
}

#[cfg(unix)]
fn descriptors() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

#[cfg(not(unix))]
const fn descriptors() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_always_descriptors_left() {
        assert_eq!(bound(Some(1024), 0), 896);
        assert_eq!(bound(Some(1024), 2000), 896);
        assert_eq!(bound(Some(1024), 100), 100);
        assert_eq!(bound(Some(100), 0), 50);
        assert_eq!(bound(Some(1), 0), 1);
        assert_eq!(bound(Some(1 << 20), 0), MOST);
        assert_eq!(bound(None, 100_000), 100_000);
    }
}
