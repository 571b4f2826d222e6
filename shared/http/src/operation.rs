//! Operations: the one source of a route.

use axum::{
    Router,
    handler::Handler,
    routing::{MethodFilter, on},
};
use http::Method;
use postern_domain::Audience;

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenTo {
    /// Whoever comes by.
    Anyone,
    /// Those who hold a session of this audience.
    Only(Audience),
    /// Those who hold a session of either audience.
    ClientsAndStaff,
}

/// What names an operation: its function, its route, and who may call it.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The name of the function, of its folder and of its role.
    pub name: &'static str,
    /// The method of its route.
    pub method: Method,
    /// The path of its route, with `{name}` for what varies.
    pub path: &'static str,
    /// Who may call it.
    pub open_to: OpenTo,
}

impl Operation {
    const fn new(name: &'static str, method: Method, path: &'static str, open_to: OpenTo) -> Self {
        Self { name, method, path, open_to }
    }

    /// An operation that reads.
    pub const fn get(name: &'static str, path: &'static str, open_to: OpenTo) -> Self {
        Self::new(name, Method::GET, path, open_to)
    }

    /// An operation that makes something.
    pub const fn post(name: &'static str, path: &'static str, open_to: OpenTo) -> Self {
        Self::new(name, Method::POST, path, open_to)
    }

    /// An operation that changes part of something.
    pub const fn patch(name: &'static str, path: &'static str, open_to: OpenTo) -> Self {
        Self::new(name, Method::PATCH, path, open_to)
    }

    /// An operation that ends something.
    pub const fn delete(name: &'static str, path: &'static str, open_to: OpenTo) -> Self {
        Self::new(name, Method::DELETE, path, open_to)
    }

    /// The route, answered by `handler` within `reach`.
    pub fn route<H, T, S>(self, handler: H, reach: S) -> Router
    where
        H: Handler<T, S>,
        T: 'static,
        S: Clone + Send + Sync + 'static,
    {
        let method = MethodFilter::try_from(self.method).expect("operations have methods that can be routed");
        Router::new().route(self.path, on(method, handler)).with_state(reach)
    }
}
