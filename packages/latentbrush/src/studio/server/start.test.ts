import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { startStudio, type StudioOptions } from './start.ts';

const PASSWORD = 'a long enough password';

async function started(options: Omit<StudioOptions, 'folder'>): Promise<URL> {
  const studio = await startStudio({ folder: await temporaryFolder(), port: 0, concurrency: 0, ...options });
  onTestFinished(() => studio.close());
  return new URL(studio.url);
}

const withPassword = (password: string): { headers: Record<string, string> } => ({
  headers: { authorization: `Basic ${Buffer.from(`me:${password}`).toString('base64')}` },
});

describe('the studio for other machines', () => {
  it.each([undefined, '', 'short'])(
    'needs a long password, not %j, and says what that means',
    async (password) => {
      const folder = await temporaryFolder();
      await expect(startStudio({ folder, port: 0, host: '0.0.0.0', password })).rejects.toThrow(
        /host: with 0\.0\.0\.0 other machines can open the studio.*not encrypted.*at least 12 characters in LATENTBRUSH_PASSWORD/,
      );
    },
  );

  it('listens at addresses only, since a name can change its address', async () => {
    const folder = await temporaryFolder();
    await expect(startStudio({ folder, port: 0, host: 'example.org', password: PASSWORD })).rejects.toThrow(
      /host: example\.org is no IP address/,
    );
  });

  it('opens with the password, then with the cookie, and at every route with nothing else', async () => {
    const url = await started({ host: '0.0.0.0', password: PASSWORD });
    const jobs = new URL('/api/jobs', url);
    const refused = await fetch(jobs);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toMatch(/^Basic realm="Latentbrush studio"/);
    for (const wrong of ['', PASSWORD.slice(1), `${PASSWORD} `])
      expect((await fetch(jobs, withPassword(wrong))).status).toBe(401);
    const entered = await fetch(jobs, withPassword(PASSWORD));
    expect(entered.status).toBe(200);
    const [cookie = ''] = entered.headers.get('set-cookie')!.split(';');
    expect(entered.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/);
    expect((await fetch(jobs, { headers: { cookie } })).status).toBe(200);
  });

  it('still refuses other sites and other host names', async () => {
    const url = await started({ host: '0.0.0.0', password: PASSWORD });
    const { headers } = withPassword(PASSWORD);
    const foreign = { ...headers, origin: 'http://evil.example' };
    expect((await fetch(new URL('/api/jobs', url), { headers: foreign })).status).toBe(403);
  });

  it('slows down guessing', async () => {
    const url = await started({ host: '0.0.0.0', password: PASSWORD });
    const statuses = [];
    for (let guess = 0; guess < 20; guess++)
      statuses.push((await fetch(new URL('/api/jobs', url), withPassword(`guess ${guess}`))).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(9);
    expect((await fetch(new URL('/api/jobs', url), withPassword(PASSWORD))).status).toBe(429);
  });
});

it('the studio for this machine knows no password', async () => {
  const url = await started({ password: PASSWORD });
  expect(url.hostname).toBe('127.0.0.1');
  const refused = await fetch(new URL('/api/jobs', url), withPassword(PASSWORD));
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, null]);
});
