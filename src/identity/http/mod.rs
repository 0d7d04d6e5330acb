//! The doors of this room: registration and one's own account, sessions, officers and their grants.

mod officers;
mod people;
mod sessions;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn operations(config: &mut ServiceConfig<'_>) {
    config
        .service(people::register_citizen)
        .service(people::register_organisation)
        .service(people::see_own_account)
        .service(people::change_contacts)
        .service(people::change_password)
        .service(sessions::sign_in)
        .service(sessions::refresh_session)
        .service(sessions::list_sessions)
        .service(sessions::sign_out)
        .service(sessions::end_session)
        .service(sessions::list_keys)
        .service(officers::create_officer)
        .service(officers::list_officers)
        .service(officers::see_officer)
        .service(officers::give_grant)
        .service(officers::revoke_grant)
        .service(officers::close_officer);
}
