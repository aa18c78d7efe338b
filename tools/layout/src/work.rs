//! Threads that carry the steps out side by side.
//!
//! A *stream* reads an archive from its beginning to its end and makes *jobs* of what it finds; a job needs nothing but
//! itself. A thread takes jobs first, so that what a stream has read is written while it reads on. The queue is short:
//! when it is full, the stream's own thread does the job, so memory stays small and no thread waits for another.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::batch::Batch;
use crate::error::{Outcome, Problem};
use crate::extract::ZipWork;
use crate::zip::Inflater;

/// How many bytes are read and written at a time.
pub const CHUNK: usize = 128 << 10;
/// How many streams run at a time: each has a dictionary of its own in memory.
const MAX_STREAMS: usize = 4;
/// How many batches wait.
const MAX_WAITING: usize = 4;

/// Something that needs nothing but itself.
pub enum Job {
    /// Files to write.
    Batch(Batch),
    /// Members of a zip archive.
    Zip(Arc<ZipWork>, Range<usize>),
    /// Steps that need no archive; the others among them are passed over.
    Small(Range<usize>),
}

/// What a thread has for itself.
pub struct Scratch {
    /// For a zip archive's members.
    pub inflater: Inflater,
    /// `CHUNK` bytes.
    pub buffer: Box<[u8]>,
}

/// The steps that fail or are carried out.
pub trait Worker: Sync {
    /// Carries a job out; the step of a failure with it.
    fn job(&self, job: Job, scratch: &mut Scratch) -> Result<(), (usize, Problem)>;
    /// Carries a stream out; the step of a failure with it.
    fn stream(&self, step: usize, queue: &Queue<'_>, scratch: &mut Scratch) -> Result<(), (usize, Problem)>;
}

/// What is to be done.
pub struct Queue<'w> {
    worker: &'w dyn Worker,
    state: Mutex<State>,
    wake: Condvar,
}

struct State {
    jobs: VecDeque<Job>,
    batches: usize,
    streams: VecDeque<usize>,
    running: usize,
    spare: Vec<Box<[u8]>>,
    failure: Option<(usize, Problem)>,
}

enum Next {
    Job(Job),
    Stream(usize),
}

/// Ends a stream, also when its thread panics: the others must not wait for it.
struct Running<'q, 'w>(&'q Queue<'w>);

impl Drop for Running<'_, '_> {
    fn drop(&mut self) {
        self.0.lock().running -= 1;
        self.0.wake.notify_all();
    }
}

impl Queue<'_> {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a job to whichever thread is free. Whether to go on.
    pub fn push(&self, job: Job, scratch: &mut Scratch) -> bool {
        let is_batch = matches!(job, Job::Batch(_));
        let mut state = self.lock();
        if state.failure.is_some() {
            return false;
        }
        if is_batch && state.batches >= MAX_WAITING {
            drop(state);
            self.carry_out(job, scratch);
            return !self.has_failed();
        }
        state.batches += usize::from(is_batch);
        state.jobs.push_back(job);
        drop(state);
        self.wake.notify_one();
        true
    }

    /// A buffer of `CHUNK` bytes, with anything in it.
    pub fn buffer(&self) -> Box<[u8]> {
        let spare = self.lock().spare.pop();
        spare.unwrap_or_else(|| vec![0; CHUNK].into_boxed_slice())
    }

    /// Whether something failed, so that the rest need not be done.
    pub fn has_failed(&self) -> bool {
        self.lock().failure.is_some()
    }

    fn fail(&self, step: usize, problem: Problem) {
        let mut state = self.lock();
        // The first step's failure, so that the message does not depend on which thread was faster.
        if state.failure.as_ref().is_none_or(|(earlier, _)| step < *earlier) {
            state.failure = Some((step, problem));
        }
        drop(state);
        self.wake.notify_all();
    }

    fn carry_out(&self, job: Job, scratch: &mut Scratch) {
        let job = match job {
            Job::Batch(mut batch) => {
                let done = batch.write();
                let step = batch.step();
                self.lock().spare.push(batch.into_buffer());
                if let Err(problem) = done {
                    self.fail(step, problem);
                }
                return;
            }
            job => job,
        };
        if let Err((step, problem)) = self.worker.job(job, scratch) {
            self.fail(step, problem);
        }
    }

    fn next(&self) -> Option<Next> {
        let mut state = self.lock();
        loop {
            if state.failure.is_some() {
                return None;
            }
            if let Some(job) = state.jobs.pop_front() {
                state.batches -= usize::from(matches!(job, Job::Batch(_)));
                return Some(Next::Job(job));
            }
            if state.running < MAX_STREAMS {
                if let Some(step) = state.streams.pop_front() {
                    state.running += 1;
                    return Some(Next::Stream(step));
                }
            }
            if state.running == 0 && state.streams.is_empty() {
                return None;
            }
            state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn work(&self) {
        let mut scratch = Scratch { inflater: Inflater::default(), buffer: vec![0; CHUNK].into_boxed_slice() };
        while let Some(next) = self.next() {
            match next {
                Next::Job(job) => self.carry_out(job, &mut scratch),
                Next::Stream(step) => {
                    let _running = Running(self);
                    if let Err((step, problem)) = self.worker.stream(step, self, &mut scratch) {
                        self.fail(step, problem);
                    }
                }
            }
        }
    }
}

/// Does all jobs and streams; the first step's failure where there is one.
pub fn run(worker: &dyn Worker, jobs: Vec<Job>, streams: Vec<usize>, threads: usize) -> Result<(), (usize, Problem)> {
    let state =
        State { jobs: jobs.into(), batches: 0, streams: streams.into(), running: 0, spare: Vec::new(), failure: None };
    let queue = Queue { worker, state: Mutex::new(state), wake: Condvar::new() };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(|| queue.work());
        }
        queue.work();
    });
    let state = queue.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    state.failure.map_or(Ok(()), Err)
}

/// Does the same for each of some things, side by side; the first failure in their order.
pub fn for_each<T: Sync, R: Send>(
    things: &[T],
    threads: usize,
    each: impl Fn(&T) -> Outcome<R> + Sync,
) -> Outcome<Vec<R>> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, Outcome<R>)>> = Mutex::new(Vec::with_capacity(things.len()));
    let work = || loop {
        let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let Some(thing) = things.get(at) else { break };
        let result = each(thing);
        results.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(things.len()) {
            scope.spawn(work);
        }
        work();
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}
