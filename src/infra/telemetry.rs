//! Logs and metrics. One JSON line an event, with the request's id and without personal data; counters and
//! times by route pattern, never by address, so that no number of a citizen becomes a label.

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use super::config::Log;
use crate::kernel::{Error, Result};

pub fn start_log(settings: &Log) -> Result<(), String> {
    let filter =
        EnvFilter::try_new(&settings.filter).map_err(|error| format!("setting log.filter: {error}"))?;
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if settings.json {
        builder.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init()
    } else {
        builder
            .compact()
            .with_target(false)
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .try_init()
    };
    started.map_err(|error| format!("the log could not be started: {error}"))
}

/// What Prometheus reads at `/metrics`. One a portal, so that tests do not share counts.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    pub jobs_done: IntCounterVec,
    pub jobs_parked: IntGauge,
}

impl Metrics {
    pub fn new() -> Result<Self> {
        let registry = Registry::new();
        let requests = IntCounterVec::new(
            Opts::new(
                "motcua_http_requests_total",
                "Requests answered, by method, route pattern and status.",
            ),
            &["method", "route", "status"],
        )
        .map_err(Error::internal)?;
        let seconds = HistogramVec::new(
            HistogramOpts::new("motcua_http_request_seconds", "Time to answer, by method and route pattern.")
                .buckets(vec![0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0]),
            &["method", "route"],
        )
        .map_err(Error::internal)?;
        let jobs_done = IntCounterVec::new(
            Opts::new("motcua_jobs_total", "Jobs worked on, by kind and outcome."),
            &["kind", "outcome"],
        )
        .map_err(Error::internal)?;
        let jobs_parked =
            IntGauge::new("motcua_jobs_parked", "Jobs that wait for a person.").map_err(Error::internal)?;
        registry.register(Box::new(requests.clone())).map_err(Error::internal)?;
        registry.register(Box::new(seconds.clone())).map_err(Error::internal)?;
        registry.register(Box::new(jobs_done.clone())).map_err(Error::internal)?;
        registry.register(Box::new(jobs_parked.clone())).map_err(Error::internal)?;
        Ok(Self { registry, requests, seconds, jobs_done, jobs_parked })
    }

    pub fn answered(&self, method: &str, route: &str, status: u16, seconds: f64) {
        self.requests.with_label_values(&[method, route, &status.to_string()]).inc();
        self.seconds.with_label_values(&[method, route]).observe(seconds);
    }

    pub fn text(&self) -> Result<String> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text).map_err(Error::internal)?;
        String::from_utf8(text).map_err(Error::internal)
    }
}
