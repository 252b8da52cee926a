//! Sessions with a database that several readings share, so that a table looks the same whenever it is read.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// Sessions by number; one that is in use, or broke, is not there.
pub(super) struct Sessions<S>(Mutex<Vec<Option<S>>>);

/// The session that a table was read in first.
#[derive(Default)]
pub(super) struct Habit(OnceLock<usize>);

impl<S> Sessions<S> {
    /// Begins with one.
    pub(super) fn of(first: S) -> Self {
        Self(Mutex::new(vec![Some(first)]))
    }

    /// Does something in the session that a table was read in before, else in one that is free, else in a new one. A session
    /// in which something failed is not used again.
    ///
    /// # Errors
    /// Those of `open` and `work`.
    pub(super) fn with<T, E>(
        &self,
        habit: &Habit,
        open: impl FnOnce() -> Result<S, E>,
        work: impl FnOnce(&mut S) -> Result<T, E>,
    ) -> Result<T, E> {
        let (number, free) = self.take(habit);
        let mut session = free.map_or_else(open, Ok)?;
        let done = work(&mut session)?;
        self.locked()[number] = Some(session);
        Ok(done)
    }

    /// Ends those that are free.
    pub(super) fn clear(&self) {
        self.locked().fill_with(|| None);
    }

    fn take(&self, habit: &Habit) -> (usize, Option<S>) {
        let mut all = self.locked();
        let known = habit.0.get().copied();
        let known = known.filter(|number| all[*number].is_some());
        let free = known.or_else(|| all.iter().position(Option::is_some));
        let number = free.unwrap_or_else(|| {
            all.push(None);
            all.len() - 1
        });
        let _ = habit.0.set(number);
        (number, all[number].take())
    }

    fn locked(&self) -> MutexGuard<'_, Vec<Option<S>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_comes_back_to_its_session_and_a_broken_one_is_left() {
        let sessions = Sessions::of(0);
        let (one, other) = (Habit::default(), Habit::default());
        let used = |habit: &Habit, new: i32| {
            sessions.with(habit, || Ok::<_, ()>(new), |session| Ok(*session))
        };
        let beside = |session: &mut i32| {
            assert_eq!(*session, 0);
            used(&other, 1)
        };
        let at_the_same_time = sessions.with(&one, || Err(()), beside);
        assert_eq!(at_the_same_time, Ok(1));
        assert_eq!((used(&one, 2), used(&other, 2)), (Ok(0), Ok(1)));
        let broken: Result<(), ()> = sessions.with(&one, || Err(()), |_| Err(()));
        assert!(broken.is_err());
        assert_eq!((used(&one, 3), used(&other, 3)), (Ok(1), Ok(1)));
    }
}
