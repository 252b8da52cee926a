//! Buffers that are used again: the kernel clears every page that it gives anew.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Larger ones are not kept: a record may be far longer than others.
const LARGEST: usize = 8 << 20;

/// Buffers at rest.
#[derive(Debug)]
pub struct Buffers<T>(Mutex<Vec<Vec<T>>>);

/// A vector whose room goes back to where it was taken from.
#[derive(Debug)]
pub struct Buffer<T> {
    items: Vec<T>,
    home: Weak<Buffers<T>>,
}

impl<T> Default for Buffers<T> {
    fn default() -> Self {
        Self(Mutex::new(Vec::new()))
    }
}

impl<T> Buffers<T> {
    /// An empty buffer with room for that many items.
    pub fn take(self: &Arc<Self>, room: usize) -> Buffer<T> {
        let rested = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut items = rested.unwrap_or_default();
        items.reserve(room);
        Buffer {
            items,
            home: Arc::downgrade(self),
        }
    }
}

impl<T> Drop for Buffer<T> {
    fn drop(&mut self) {
        if let Some(home) = self.home.upgrade()
            && self.items.capacity() * size_of::<T>() <= LARGEST
        {
            let mut items = std::mem::take(&mut self.items);
            items.clear();
            let mut rested = home.0.lock().unwrap_or_else(PoisonError::into_inner);
            rested.push(items);
        }
    }
}

impl<T> From<Vec<T>> for Buffer<T> {
    fn from(items: Vec<T>) -> Self {
        Self {
            items,
            home: Weak::new(),
        }
    }
}

impl<T> Default for Buffer<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<T: Clone> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        self.items.clone().into()
    }
}

impl<T> Deref for Buffer<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.items
    }
}

impl<T> DerefMut for Buffer<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_empty_and_with_its_room() {
        let buffers = Arc::new(Buffers::default());
        let mut first = buffers.take(10);
        first.extend_from_slice(b"text");
        let place = first.as_ptr();
        drop(first);
        let second = buffers.take(10);
        assert!(second.is_empty() && second.as_ptr() == place);
        assert_ne!(buffers.take(10).as_ptr(), place);
    }
}
