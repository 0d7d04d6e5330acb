//! Floor 2: who may do what to which thing. Pure: no SQL, no HTTP, no clock.
//!
//! What must stay true: every write holds a [`Permit`], and only the policy makes one; the policy is a table
//! that can be read and is printed to `docs/POLICY.md`; what an account may not see looks absent.

mod action;
mod lease;
mod op;
mod permit;
mod policy;
mod role;

pub use action::Action;
pub use lease::{HolderFilter, Lease};
pub use op::{Account, AccountKind, Held, Op};
pub use permit::{Permit, Resource};
pub use policy::{Where, Who, rule};
pub use role::Role;
