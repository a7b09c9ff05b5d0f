// A process of `npm run sweep`: draws what it is sent and answers with what the feature network says.
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

async function open({ model, companions, features }: Opening) {
  const threads = 1;
  return {
    network: await openNetwork(model, { threads }),
    companions: await openCompanions(companions, threads),
    judge: await openJudge(features, { threads }),
  };
}

async function draw({ jobs, ...settings }: Draw): Promise<Drawn> {
  if (networks === undefined) throw new Error('A process of the sweep was asked before it opened');
  const { network, companions, judge } = await networks;
  const { samples, nfe } = await generate(network, jobs, {
    ...settings,
    companions,
    batch: jobs.length,
  });
  return { ...(await judge.look(samples)), nfe };
}
