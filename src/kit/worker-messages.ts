/** What a page tells a worker. */
export type ToWorker<Request, Note> =
  | { readonly type: 'request'; readonly id: number; readonly request: Request }
  /** For a request that has not ended. */
  | { readonly type: 'note'; readonly id: number; readonly note: Note }
  | { readonly type: 'abort'; readonly id: number };

/** What a worker answers. Every request ends in exactly one of `done`, `aborted`, `failed`. */
export type FromWorker<Result, Event> =
  | { readonly type: 'event'; readonly id: number; readonly event: Event }
  | { readonly type: 'done'; readonly id: number; readonly result: Result }
  | { readonly type: 'aborted'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };
