import { Hono } from 'hono';
import type { MapOptions } from '../../models/latent-map.ts';
import { collectionRequest, type Collections } from '../collections.ts';
import { contactSheet } from '../contact-sheet.ts';

/**
 * Training data of the person.
 * @param trash the folder for deleted things
 */
export function collectionRoutes(collections: Collections, trash: string, datasets: MapOptions = {}) {
  return new Hono()
    .get('/', async (context) => context.json(await collections.list()))
    .post('/', async (context) =>
      context.json(await collections.add(collectionRequest.parse(await context.req.json())), 201),
    )
    .post('/:id/pictures', async (context) => {
      const bytes = new Uint8Array(await context.req.arrayBuffer());
      const [name = 'picture', label] = ['x-file-name', 'x-class'].map((header) => {
        const value = context.req.header(header);
        return value === undefined ? undefined : decodeURIComponent(value);
      });
      return context.json(await collections.addPicture(context.req.param('id'), bytes, name, label), 201);
    })
    .post('/:id/text', async (context) =>
      context.json(
        await collections.setText(context.req.param('id'), new Uint8Array(await context.req.arrayBuffer())),
        201,
      ),
    )
    .delete('/:id', async (context) => {
      await collections.remove(context.req.param('id'), trash);
      return context.json({ removed: true });
    })
    .get('/:id/sheet', async (context) =>
      context.json(await contactSheet(await collections.pathOf(context.req.param('id')), datasets)),
    );
}
