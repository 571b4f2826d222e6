// How a call of an operation looks, read off the description of the API.

import type { components, paths } from "../api.js";

export type Method = "get" | "post" | "patch" | "put" | "delete";

export type Audience = components["schemas"]["Audience"];
export type Problem = components["schemas"]["Problem"];

/** The paths that have an operation of this method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: { responses: unknown } } ? P : never;
}[keyof paths];

/** The operation at a path. */
export type At<M extends Method, P extends PathOf<M>> = paths[P] extends { [K in M]: infer O } ? O : never;

type Json<R> = R extends { content: { "application/json": infer B } } ? B : undefined;
type Good = 200 | 201 | 202 | 204;

/** What an operation answers when it did what was asked. */
export type Answer<O> = O extends { responses: infer R } ? { [S in keyof R & Good]: Json<R[S]> }[keyof R & Good] : never;

type InPath<O> = O extends { parameters: { path: infer P } } ? { params: P } : { params?: undefined };
type InQuery<O> = O extends { parameters: { query?: infer Q } } ? (Q extends object ? { query?: Q } : { query?: undefined }) : { query?: undefined };
type InBody<O> = O extends { requestBody: { content: { "application/json": infer B } } }
  ? { body: B }
  : O extends { requestBody?: { content: { "application/json": infer B } } }
    ? { body?: B }
    : { body?: undefined };

/** What an operation is given. */
export type Given<O> = InPath<O> & InQuery<O> & InBody<O> & { audience?: Audience; stays?: boolean };
