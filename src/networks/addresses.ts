/**
 * The address of a file below the models folder.
 *
 * @param baseUrl absolute address of the folder, ending in a slash; a query goes to each of its files
 */
export function modelFileUrl(path: string, baseUrl: string): URL {
  const url = new URL(path, baseUrl);
  url.search = new URL(baseUrl).search;
  return url;
}
