//! Files of a dossier: add, list, read, remove.

use actix_web::web::{self, Data};
use actix_web::{HttpResponse, delete, get, post};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::library::Library;
use super::super::uploads;
use crate::files::{FileView, Purpose, Receiver, Upload, UploadForm, download};
use crate::identity::Caller;
use crate::infra::db::Db;
use crate::infra::http::{Path, Query, Signed};
use crate::infra::objects::Objects;
use crate::kernel::Result;
use crate::kernel::ids::{DossierId, FileId};

pub fn operations(config: &mut ServiceConfig<'_>) {
    config.service(upload_file).service(list_files).service(read_file).service(remove_file);
}

#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UploadPurpose {
    /// A paper of the dossier; say which component.
    #[default]
    Component,
    /// The result, brought by the desk.
    Result,
}

#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// `component` (the default) or `result`.
    #[serde(default)]
    #[param(inline, default = "component")]
    pub purpose: UploadPurpose,
}

/// Uploads one file: PDF, JPEG or PNG by its content, whatever it is called.
#[utoipa::path(
    tag = "files",
    params(("id" = DossierId, Path), UploadQuery),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = FileView, description = "Received, with its digest"), (status = 409, body = crate::infra::http::Problem, content_type = "application/problem+json", description = "The dossier takes no files now"), (status = 408, body = crate::infra::http::Problem, content_type = "application/problem+json", description = "The upload stalled"), Signed)
)]
#[post("/dossiers/{id}/files")]
pub async fn upload_file(
    db: Data<Db>,
    library: Data<Library>,
    receiver: Data<Receiver>,
    caller: Caller,
    id: Path<DossierId>,
    query: Query<UploadQuery>,
    upload: Upload,
) -> Result<HttpResponse> {
    let library = library.into_inner();
    let purpose = match query.0.purpose {
        UploadPurpose::Component => Purpose::Component,
        UploadPurpose::Result => Purpose::Result,
    };
    let before = library.clone();
    db.write(move |conn| {
        let op = caller.op(conn)?;
        uploads::may_add(conn, &before, &op, id.0, purpose)
    })
    .await?;
    let received = receiver.receive(upload, &["component_code"], caller.now).await?;
    let file = receiver
        .keep(received, move |conn, received| {
            let op = caller.op(conn)?;
            uploads::add(conn, &library, &op, id.0, purpose, received)
        })
        .await?;
    Ok(HttpResponse::Created().json(file))
}

/// The files of a dossier, as far as this account may see them.
#[utoipa::path(
    tag = "files",
    params(("id" = DossierId, Path)),
    responses((status = 200, body = Vec<FileView>, description = "In the order of arrival"), Signed)
)]
#[get("/dossiers/{id}/files")]
pub async fn list_files(
    db: Data<Db>,
    caller: Caller,
    id: Path<DossierId>,
) -> Result<web::Json<Vec<FileView>>> {
    let files = db
        .look(move |conn| {
            let op = caller.op(conn)?;
            Ok(super::look(conn, &op, id.0)?.body.files)
        })
        .await?;
    Ok(web::Json(files))
}

/// Bytes, for the document.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only its schema is wanted")]
pub struct FileBytes(Vec<u8>);

/// The bytes of a file, as they were received.
#[utoipa::path(
    tag = "files",
    params(("id" = DossierId, Path), ("file_id" = FileId, Path)),
    responses((status = 200, description = "The file", content((FileBytes = "application/pdf"), (FileBytes = "image/jpeg"), (FileBytes = "image/png"))), Signed)
)]
#[get("/dossiers/{id}/files/{file_id}")]
pub async fn read_file(
    db: Data<Db>,
    objects: Data<Objects>,
    caller: Caller,
    path: Path<(DossierId, FileId)>,
) -> Result<HttpResponse> {
    let (id, file_id) = path.0;
    let file = db
        .look(move |conn| {
            let op = caller.op(conn)?;
            uploads::readable(conn, &op, id, file_id)
        })
        .await?;
    download(&objects, &file).await
}

/// Takes a file out again, as long as it has not been submitted.
#[utoipa::path(
    tag = "files",
    params(("id" = DossierId, Path), ("file_id" = FileId, Path)),
    responses((status = 204, description = "Removed"), (status = 409, body = crate::infra::http::Problem, content_type = "application/problem+json", description = "It was submitted and stays"), Signed)
)]
#[delete("/dossiers/{id}/files/{file_id}")]
pub async fn remove_file(
    db: Data<Db>,
    caller: Caller,
    path: Path<(DossierId, FileId)>,
) -> Result<HttpResponse> {
    let (id, file_id) = path.0;
    db.write(move |conn| {
        let op = caller.op(conn)?;
        uploads::remove(conn, &op, id, file_id)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
