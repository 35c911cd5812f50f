//! The memory that requests hold together: a budget in bytes.
//!
//! Code that is about to hold much on behalf of a request reserves the bytes here first, and refuses
//! the request where they are not left: what all requests hold at a time is bounded whatever they ask.
//! No request waits for memory, so none can wait for ever. What is kept only to be quick holds its bytes here as well,
//! and is given up for requests ([`Cache`]).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use bytes::Bytes;

/// A budget of bytes. Clones share it.
#[derive(Clone, Debug)]
pub struct Memory(Arc<Pool>);

#[derive(Debug)]
struct Pool {
    whole: Option<Memory>,
    size: usize,
    held: AtomicUsize,
    caches: Mutex<Vec<Weak<dyn Cache>>>,
}

/// Something that holds bytes only to be quick, such as boards that were asked for lately.
pub trait Cache: Send + Sync {
    /// Gives up what is not in use, the oldest first, until `bytes` bytes were given back or nothing is left to give up.
    ///
    /// Called by reservations, on any thread: takes no lock that is held while memory is reserved.
    fn give_up(&self, bytes: usize);
}

/// There is not as much memory left as was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{asked} bytes are more than what is left of {size}")]
pub struct Exhausted {
    /// How many bytes were asked for.
    pub asked: usize,
    /// How many bytes there are when none is held: more than that will never be given.
    pub size: usize,
}

/// Bytes that were taken; dropping this gives them back.
#[derive(Debug)]
#[must_use = "dropping it gives the memory back"]
pub struct Reserved {
    memory: Memory,
    bytes: usize,
}

impl Memory {
    /// A budget of this many bytes.
    pub fn new(bytes: usize) -> Self {
        Self::of(None, bytes)
    }

    fn of(whole: Option<Self>, size: usize) -> Self {
        Self(Arc::new(Pool { whole, size, held: AtomicUsize::new(0), caches: Mutex::default() }))
    }

    /// A part of this budget with a bound of its own: what is taken from the part is taken from
    /// the whole as well. Parts may be larger together than the whole.
    #[must_use]
    pub fn part(&self, bytes: usize) -> Self {
        Self::of(Some(self.clone()), bytes)
    }

    /// Asks `cache` to give up what it can wherever this budget is exhausted.
    pub(crate) fn give_up_first(&self, cache: &Arc<impl Cache + 'static>) {
        let cache: Weak<dyn Cache> = Arc::downgrade(cache) as Weak<dyn Cache>;
        self.0.caches.lock().unwrap_or_else(PoisonError::into_inner).push(cache);
    }

    /// Reserves `bytes` bytes, all or none.
    pub fn reserve(&self, bytes: usize) -> Result<Reserved, Exhausted> {
        self.take(bytes)?;
        Ok(Reserved { memory: self.clone(), bytes })
    }

    /// How many bytes are held now.
    pub fn held(&self) -> usize {
        self.0.held.load(Ordering::Relaxed)
    }

    /// How many bytes there are when none is held.
    pub fn size(&self) -> usize {
        self.0.size
    }

    fn take(&self, bytes: usize) -> Result<(), Exhausted> {
        let Pool { whole, size, held, .. } = &*self.0;
        let more = |held: usize| held.checked_add(bytes).filter(|sum| sum <= size);
        let take = || held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        if take().is_err() {
            let exhausted = Exhausted { asked: bytes, size: *size };
            if !exhausted.will_pass() {
                return Err(exhausted);
            }
            self.shrink_caches(bytes);
            take().map_err(|_| exhausted)?;
        }
        if let Some(Err(exhausted)) = whole.as_ref().map(|whole| whole.take(bytes)) {
            held.fetch_sub(bytes, Ordering::Relaxed);
            return Err(exhausted);
        }
        Ok(())
    }

    /// Makes room for `bytes` bytes, as far as caches can.
    fn shrink_caches(&self, bytes: usize) {
        let caches: Vec<Arc<dyn Cache>> = {
            let mut caches = self.0.caches.lock().unwrap_or_else(PoisonError::into_inner);
            caches.retain(|cache| cache.strong_count() > 0);
            caches.iter().filter_map(Weak::upgrade).collect()
        };
        for cache in caches {
            let over = (self.held().saturating_add(bytes)).saturating_sub(self.size());
            if over == 0 {
                break;
            }
            cache.give_up(over);
        }
    }

    fn give_back(&self, bytes: usize) {
        self.0.held.fetch_sub(bytes, Ordering::Relaxed);
        if let Some(whole) = &self.0.whole {
            whole.give_back(bytes);
        }
    }
}

impl Exhausted {
    /// Whether there is room for this once others have given back what they hold.
    pub const fn will_pass(&self) -> bool {
        self.asked <= self.size
    }
}

impl Reserved {
    /// How many bytes were taken.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Reserves `bytes` bytes more; on an error this holds what it held.
    pub fn grow(&mut self, bytes: usize) -> Result<(), Exhausted> {
        let more = |exhausted| Exhausted { asked: self.bytes.saturating_add(bytes), ..exhausted };
        self.memory.take(bytes).map_err(more)?;
        self.bytes += bytes;
        Ok(())
    }

    /// `bytes` that hold this until the last clone or slice of them is gone.
    pub fn hold(self, bytes: Bytes) -> Bytes {
        if self.bytes == 0 {
            return bytes;
        }
        Bytes::from_owner(Held { bytes, _reserved: self })
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.memory.give_back(self.bytes);
    }
}

struct Held {
    bytes: Bytes,
    _reserved: Reserved,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_takes_nothing_and_what_is_dropped_comes_back() {
        let whole = Memory::new(100);
        let (one, two) = (whole.part(80), whole.part(80));
        let mut held = one.reserve(60).unwrap();
        assert_eq!(two.reserve(60).unwrap_err(), Exhausted { asked: 60, size: 100 });
        assert_eq!((one.held(), two.held(), whole.held()), (60, 0, 60));
        assert_eq!(held.grow(30).unwrap_err(), Exhausted { asked: 90, size: 80 });
        held.grow(20).unwrap();
        let others = two.reserve(20).unwrap();
        assert_eq!((held.bytes(), whole.held()), (80, 100));
        drop((held, others));
        assert_eq!((one.held(), two.held(), whole.held()), (0, 0, 0));
        assert!(one.reserve(usize::MAX).is_err(), "no sum is too large to be refused");
    }

    /// Holds ten bytes a piece.
    struct Pieces(Mutex<Vec<Reserved>>);

    impl Cache for Pieces {
        fn give_up(&self, bytes: usize) {
            let mut pieces = self.0.lock().unwrap();
            let left = pieces.len().saturating_sub(bytes.div_ceil(10));
            pieces.truncate(left);
        }
    }

    #[test]
    fn what_is_kept_to_be_quick_gives_way_and_no_more_of_it_than_must() {
        let whole = Memory::new(100);
        let part = whole.part(80);
        let pieces = (0..5).map(|_| part.reserve(10).unwrap()).collect();
        let cache = Arc::new(Pieces(Mutex::new(pieces)));
        whole.give_up_first(&cache);
        let request = whole.reserve(65).unwrap();
        assert_eq!((part.held(), whole.held()), (30, 95));
        assert!(whole.reserve(101).is_err(), "never given, so nothing is given up for it");
        assert_eq!(part.held(), 30);
        assert_eq!(whole.reserve(40).unwrap_err(), Exhausted { asked: 40, size: 100 });
        assert_eq!((part.held(), whole.held()), (0, 65));
        drop((request, cache));
        assert_eq!(whole.held(), 0);
    }

    #[test]
    fn bytes_hold_their_memory_until_the_last_slice_is_gone() {
        let memory = Memory::new(10);
        let bytes = memory.reserve(10).unwrap().hold(Bytes::from_static(b"0123456789"));
        let slice = bytes.slice(2..4);
        drop(bytes);
        assert_eq!((memory.held(), &slice[..]), (10, &b"23"[..]));
        drop(slice);
        assert_eq!(memory.held(), 0);
    }
}
