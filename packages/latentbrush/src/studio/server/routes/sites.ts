import { Hono } from 'hono';
import { policyOfSite, type ServedSites } from '../served-sites.ts';

/** Published pages, for a look at them before they are uploaded. */
export function siteRoutes(sites: ServedSites) {
  return new Hono().get('/:id/:file{.*}', async (context) => {
    const { id, file } = context.req.param();
    const { bytes, type } = await sites.file(id, file);
    return context.body(bytes, 200, {
      'Content-Type': type,
      'Content-Security-Policy': policyOfSite(new URL(context.req.url).host, id),
      'Cache-Control': 'no-store', // the folder can change
    });
  });
}
