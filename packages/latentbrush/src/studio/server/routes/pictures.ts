import { readFile } from 'node:fs/promises';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { KEPT, picture } from '../answers.ts';
import { examples, type InputPlaces } from '../job-inputs.ts';
import { recipePictures } from '../recipe-pictures.ts';

/** Pictures that come with the package. */
export function exampleRoutes() {
  return new Hono()
    .get('/', (context) =>
      context.json(Object.entries(examples).map(([name, { title }]) => ({ name, title }))),
    )
    .get('/:name', async (context) => {
      const name = context.req.param('name');
      if (!Object.hasOwn(examples, name)) throw new HTTPException(404);
      return picture(context, await examples[name as keyof typeof examples].load(), `${name}.jpg`, KEPT);
    });
}

/** Pictures of the person. */
export function uploadRoutes(places: InputPlaces) {
  const { uploads } = places;
  return new Hono()
    .get('/', async (context) => context.json(await uploads.list()))
    .post('/', async (context) => {
      const name = decodeURIComponent(context.req.header('x-file-name') ?? 'picture');
      const added = await uploads.add(new Uint8Array(await context.req.arrayBuffer()), name);
      const { recipe } = added;
      const pictures = recipe === undefined ? undefined : await recipePictures(recipe, places);
      return context.json({ ...added, pictures }, 201);
    })
    .get('/:id', async (context) => {
      const path = await uploads.pathOf(context.req.param('id'));
      return picture(context, new Uint8Array(await readFile(path)), path, KEPT);
    });
}
