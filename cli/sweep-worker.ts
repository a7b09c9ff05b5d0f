// A process of `npm run sweep`: draws what it is sent and answers with what the feature network says.
import { alignments } from '../src/diffusion/metrics/alignment';
import { messageOf } from '../src/networks/errors';
import { generate } from './generate';
import { openJudge } from './judge';
import { openCompanions } from './networks';
import { openNetwork } from './runtime';
import type { Draw, Drawn, Opening, PoolAnswer, PoolMessage } from './sweep-pool';

let networks: ReturnType<typeof open> | undefined;

process.on('message', async (message: PoolMessage) => {
  if ('features' in message) {
    networks = open(message);
    networks.catch(() => {}); // The first draw tells.
    return;
  }
  let answer: PoolAnswer;
  try {
    answer = await draw(message);
  } catch (error) {
    answer = { error: messageOf(error) };
  }
  process.send?.(answer);
});
// Ctrl+C reaches the whole group; the parent decides what happens.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());

async function open({ model, companions, features, upsamplers = [], prompts }: Opening) {
  const threads = 1;
  return {
    prompts,
    network: await openNetwork(model, { threads }),
    upsamplers: await Promise.all(upsamplers.map((id) => openNetwork(id, { threads }))),
    companions: await openCompanions(companions, threads),
    judge: await openJudge(features, { threads }),
  };
}

async function draw({ jobs, stages = [], ...settings }: Draw): Promise<Drawn> {
  if (networks === undefined) throw new Error('A process of the sweep was asked before it opened');
  const { network, upsamplers, companions, judge, prompts } = await networks;
  const { samples, nfe } = await generate(network, jobs, {
    ...settings,
    companions,
    prompts,
    enlarging: stages.map((stage, k) => ({ network: upsamplers[k]!, settings: stage })),
    batch: jobs.length,
  });
  const { logits, features, embedding } = await judge.look(samples, jobs.length);
  const labels = jobs.map(({ label }) => label);
  const fits = prompts && alignments(embedding, labels, prompts);
  return { logits, features, fits, nfe };
}
