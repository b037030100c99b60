//! Who may run where: the servers on one half of the processors, the load on the other.

use std::io;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The two halves of the processors that this program may use.
pub struct Cores {
    /// Where the servers run.
    pub servers: Vec<usize>,
    /// Where the load is made.
    pub load: Vec<usize>,
}

impl Cores {
    /// The halves; of an odd number, one is left to everything else on the machine.
    ///
    /// # Errors
    ///
    /// When there is only one processor.
    pub fn split() -> io::Result<Self> {
        let allowed = sched_getaffinity(None)?;
        let all: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu)).collect();
        let half = all.len() / 2;
        if half == 0 {
            return Err(io::Error::other(
                "this takes two processors, one for the servers and one for the load; only one may be used here",
            ));
        }
        Ok(Self {
            servers: all[..half].to_vec(),
            load: all[half..half * 2].to_vec(),
        })
    }
}

/// Keeps this thread, and what it starts from now on, on these processors.
pub fn stay_on(cores: &[usize]) -> io::Result<()> {
    let mut set = CpuSet::new();
    for core in cores {
        set.set(*core);
    }
    Ok(sched_setaffinity(None, &set)?)
}
