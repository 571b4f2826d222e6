//! Operations: the one source of a route, and of who may call it.

use axum::{
    Router,
    handler::Handler,
    middleware,
    routing::{MethodFilter, on},
};
use http::Method;
use jiff::SignedDuration;
use postern_aws::{Aws, Grant, Misconfigured, Reachable};
use postern_domain::admission::Access;
use postern_store::AccessStore;

use crate::entrance::{Entrance, enter};

/// What names an operation: its function, its route, and who may call it.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The name of the function, of its folder and of its role.
    pub name: &'static str,
    /// The method of its route.
    pub method: Method,
    /// The path of its route, with `{name}` for what varies.
    pub path: &'static str,
    /// Who may call it. That is found out before its handler runs.
    pub access: Access,
    /// How long ago a caller may have proved who they are, where that matters.
    pub fresh: Option<SignedDuration>,
    /// Whether its requests have a body although they end something.
    pub says_why: bool,
}

impl Operation {
    const fn new(name: &'static str, method: Method, path: &'static str, access: Access) -> Self {
        Self { name, method, path, access, fresh: None, says_why: false }
    }

    /// An operation that reads.
    pub const fn get(name: &'static str, path: &'static str, access: Access) -> Self {
        Self::new(name, Method::GET, path, access)
    }

    /// An operation that makes something.
    pub const fn post(name: &'static str, path: &'static str, access: Access) -> Self {
        Self::new(name, Method::POST, path, access)
    }

    /// An operation that puts something in place.
    pub const fn put(name: &'static str, path: &'static str, access: Access) -> Self {
        Self::new(name, Method::PUT, path, access)
    }

    /// An operation that changes part of something.
    pub const fn patch(name: &'static str, path: &'static str, access: Access) -> Self {
        Self::new(name, Method::PATCH, path, access)
    }

    /// An operation that ends something.
    pub const fn delete(name: &'static str, path: &'static str, access: Access) -> Self {
        Self::new(name, Method::DELETE, path, access)
    }

    /// The same, open only to who proved who they are less than `within` ago (step-up).
    #[must_use]
    pub const fn fresh(mut self, within: SignedDuration) -> Self {
        self.fresh = Some(within);
        self
    }

    /// The same, where whoever ends something says why, in a body.
    #[must_use]
    pub const fn saying_why(mut self) -> Self {
        self.says_why = true;
        self
    }

    /// What its entrance is granted, whatever the function itself reaches: to read the session, where one is needed.
    pub fn grants(&self) -> Vec<Grant> {
        if self.access == Access::Anyone { Vec::new() } else { AccessStore::grants(&["GetItem"]) }
    }

    /// Whether its requests have a body.
    pub fn takes_body(&self) -> bool {
        self.says_why || [Method::POST, Method::PUT, Method::PATCH].contains(&self.method)
    }

    /// The route behind its entrance, answered by `handler` within what it reaches of `aws`.
    ///
    /// # Errors
    /// If a setting is missing.
    pub fn mount<R, H, T>(self, handler: H, aws: &Aws) -> Result<Router, Misconfigured>
    where
        R: Reachable + Clone + Send + Sync + 'static,
        H: Handler<T, R>,
        T: 'static,
    {
        let reach = R::reach(aws)?;
        let method = MethodFilter::try_from(self.method.clone()).expect("operations have methods that can be routed");
        let (path, entrance) = (self.path, Entrance::new(self.access, self.fresh, self.takes_body(), aws)?);
        let guarded = on(method, handler).route_layer(middleware::from_fn_with_state(entrance, enter));
        Ok(Router::new().route(path, guarded).with_state(reach))
    }
}
