import { measurePoint, type Point, type PointFigures } from '../../diffusion/metrics/point';
import { answerRequests } from '../../kit/worker-answers';
import { loadModel } from '../../networks/download';
import { type ModelReference, readReference } from '../../networks/reference';
import type { MeasuringRequest } from './measuring-protocol';

declare const self: DedicatedWorkerGlobalScope;

const points = new Map<string, Point>();
const references = new Map<string, Promise<ModelReference | undefined>>();

// In turn: a point's batches continue each other.
answerRequests<MeasuringRequest, PointFigures>(self, async (request) => {
  const { key, batches, forget } = request;
  for (const other of forget) points.delete(other);
  try {
    const point = request.anew ? await newPoint(request) : points.get(key);
    if (!point)
      throw new Error('A point that is to be continued must have been begun, this was not');
    points.set(key, point);
    for (const { logits, features, labels, fits } of batches) {
      point.add(logits, features, labels, fits);
    }
    return point.figures();
  } catch (error) {
    points.delete(key);
    throw error;
  }
});

async function newPoint({ network, baseUrl, batches }: MeasuringRequest): Promise<Point> {
  const [first] = batches;
  const count = first?.labels.length ?? 0;
  if (!first || count === 0) throw new RangeError('A point must have samples, got none');
  const address = `${baseUrl} ${network}`;
  const reference = references.get(address) ?? load(network, baseUrl);
  references.set(address, reference);
  // What failed is tried again the next time.
  reference.catch(() => references.delete(address));
  const size = {
    numClasses: first.logits.length / count,
    numFeatures: first.features.length / count,
  };
  return measurePoint(size, await reference);
}

async function load(network: string, baseUrl: string): Promise<ModelReference | undefined> {
  const { manifest, files } = await loadModel(network, { baseUrl, reference: true });
  if (manifest.role !== 'features') {
    throw new Error(`${network}: needs a feature network, its manifest says "${manifest.role}"`);
  }
  return readReference(manifest, files);
}
