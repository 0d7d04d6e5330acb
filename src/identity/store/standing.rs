//! What an account holds now: the one statement in front of every request.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, Bool, Date, Nullable, Text, Timestamptz, Uuid};

use crate::authority::{AccountKind, Held, Role};
use crate::infra::clock::{Moment, in_vietnam};
use crate::infra::db::Conn;
use crate::kernel::ids::{AccountId, AgencyId, SessionId};
use crate::kernel::{Error, Result};

pub struct Standing {
    pub kind: AccountKind,
    pub must_change_password: bool,
    pub grants: Vec<Held>,
}

/// None where the session has ended or the account is closed.
pub fn standing(
    conn: &mut Conn,
    account_id: AccountId,
    session_id: SessionId,
    now: Moment,
) -> Result<Option<Standing>> {
    let today = in_vietnam(now).date_naive();
    let rows = StandingQuery { account_id, session_id, now, today }.load::<(
        String,
        bool,
        Option<String>,
        Option<Vec<AgencyId>>,
    )>(conn)?;
    let mut standing = None;
    for (kind, must_change_password, role, agencies) in rows {
        let kind =
            AccountKind::parse(&kind).ok_or_else(|| Error::internal("an account of an unknown kind"))?;
        let standing =
            standing.get_or_insert_with(|| Standing { kind, must_change_password, grants: Vec::new() });
        if let Some(code) = role {
            let role = Role::parse(&code).ok_or_else(|| Error::internal("a grant of an unknown role"))?;
            standing.grants.push(Held { role, agencies: agencies.unwrap_or_default().into_iter().collect() });
        }
    }
    Ok(standing)
}

/// A row a role held, and one row without a role where none is. A type of its own, so that diesel keeps it
/// prepared: `sql_query` never does.
#[derive(QueryId)]
struct StandingQuery {
    account_id: AccountId,
    session_id: SessionId,
    now: Moment,
    today: chrono::NaiveDate,
}

impl Query for StandingQuery {
    type SqlType = (Text, Bool, Nullable<Text>, Nullable<Array<Uuid>>);
}

impl RunQueryDsl<Conn> for StandingQuery {}

impl QueryFragment<Pg> for StandingQuery {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH asked AS MATERIALIZED (SELECT ");
        out.push_bind_param::<Uuid, _>(&self.session_id)?;
        out.push_sql("::uuid AS session_id, ");
        out.push_bind_param::<Uuid, _>(&self.account_id)?;
        out.push_sql("::uuid AS account_id, ");
        out.push_bind_param::<Timestamptz, _>(&self.now)?;
        out.push_sql("::timestamptz AS now, ");
        out.push_bind_param::<Date, _>(&self.today)?;
        // `valid_to` of an agency is its last day. A unit's path ends in a slash, and every character of a path sorts
        // before ~; its bounds are sub-selects, so that the planner takes the index on `path`.
        out.push_sql(
            "::date AS today) \
             SELECT account.kind, account.must_change_password, held.role, held.agencies \
             FROM asked \
             JOIN sessions session ON session.id = asked.session_id AND session.account_id = asked.account_id \
                  AND session.ended_at IS NULL AND session.expires_at > asked.now \
             JOIN accounts account ON account.id = asked.account_id AND account.closed_at IS NULL \
             LEFT JOIN LATERAL ( \
                 SELECT held_grant.role, array_agg(DISTINCT covered.agency_id) AS agencies \
                 FROM grants held_grant \
                 CROSS JOIN LATERAL ( \
                     SELECT held_grant.agency_id WHERE held_grant.agency_id IS NOT NULL \
                     UNION ALL \
                     SELECT agency.id \
                     FROM units under \
                     JOIN agencies agency ON agency.unit_id = under.id \
                     WHERE under.path >= (SELECT path FROM units WHERE id = held_grant.unit_id) \
                       AND under.path < (SELECT path || '~' FROM units WHERE id = held_grant.unit_id) \
                       AND agency.valid_from <= asked.today \
                       AND (agency.valid_to IS NULL OR agency.valid_to >= asked.today) \
                 ) covered \
                 WHERE held_grant.account_id = asked.account_id AND held_grant.valid_from <= asked.now \
                   AND (held_grant.valid_to IS NULL OR held_grant.valid_to > asked.now) \
                 GROUP BY held_grant.role \
             ) held ON TRUE \
             ORDER BY held.role",
        );
        Ok(())
    }
}
