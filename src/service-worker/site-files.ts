/** What scripts/vite/offline.ts knows of the built site. Addresses are relative to it. */
export interface SiteFiles {
  readonly version: string;
  /** Without a revision: the name changes with the content. The page itself comes last. */
  readonly shell: readonly { readonly url: string; readonly revision: string | null }[];
  /** The inference runtimes: large, and a machine needs one of them. */
  readonly runtimes: readonly string[];
}
