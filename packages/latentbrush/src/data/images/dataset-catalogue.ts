import { CIFAR10_CLASSES, CIFAR_SIDE } from './formats/cifar.ts';

/** A file of a data set. */
export interface DatasetFile {
  /** Its contents. */
  readonly part: 'train-images' | 'train-labels' | 'test-images' | 'test-labels' | 'archive';
  readonly fileName: string;
  readonly url: string;
  /** MD5 as hexadecimal digits; the publishers have nothing better. */
  readonly md5: string;
  /** Size in bytes. */
  readonly size: number;
}

/** A data set of pictures that is downloaded. */
export interface DatasetEntry {
  readonly name: string;
  readonly title: string;
  readonly authors: string;
  /** Terms of use. */
  readonly licence: string;
  readonly homepage: string;
  readonly channels: 1 | 3;
  /** Height and width of the pictures. */
  readonly size: number;
  /** How many pictures the training set and the test set have. */
  readonly train: number;
  readonly test: number;
  /** Classes by their numbers. */
  readonly classes: readonly string[];
  /** IDX: two files for each part. CIFAR: one archive of records. */
  readonly format: 'idx' | 'cifar';
  readonly files: readonly DatasetFile[];
  /** Folders in the data folder to search for local copies, besides the data folder itself. */
  readonly folders: readonly string[];
  /** The folder of the data set in a package of the operating system. */
  readonly systemFolder?: string;
}

type Sums = readonly (readonly [md5: string, size: number])[];

/** The four files of a data set in the form of MNIST, from one address. */
function idxFiles(base: string, sums: Sums): DatasetFile[] {
  const parts = [
    ['train-images', 'train-images-idx3-ubyte.gz'],
    ['train-labels', 'train-labels-idx1-ubyte.gz'],
    ['test-images', 't10k-images-idx3-ubyte.gz'],
    ['test-labels', 't10k-labels-idx1-ubyte.gz'],
  ] as const;
  return parts.map(([part, fileName], i) => {
    const [md5, size] = sums[i]!;
    return { part, fileName, url: `${base}${fileName}`, md5, size };
  });
}

/**
 * The data sets that `loadImageDataset` downloads. Checksums come from torchvision's sources (MNIST, Fashion-MNIST) and the page of
 * CIFAR-10. Sizes are those of the files with these checksums.
 */
export const downloadableDatasets: readonly DatasetEntry[] = [
  {
    name: 'mnist',
    title: 'MNIST: handwritten digits',
    authors: 'Yann LeCun, Corinna Cortes, Christopher J. C. Burges, 1998',
    licence: 'CC BY-SA 3.0',
    homepage: 'http://yann.lecun.com/exdb/mnist/',
    channels: 1,
    size: 28,
    train: 60_000,
    test: 10_000,
    classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    format: 'idx',
    files: idxFiles('https://ossci-datasets.s3.amazonaws.com/mnist/', [
      ['f68b3c2dcbeaaa9fbdd348bbdeb94873', 9_912_422],
      ['d53e105ee54ea40749a09fcbcd1e9432', 28_881],
      ['9fb629c4189551a2d022fa330f9573f3', 1_648_877],
      ['ec29112dd5afa0611ce80d1b7f02629c', 4_542],
    ]),
    folders: ['mnist', 'MNIST/raw'],
  },
  {
    name: 'fashion-mnist',
    title: 'Fashion-MNIST: pictures of clothes',
    authors: 'Han Xiao, Kashif Rasul, Roland Vollgraf (Zalando Research), 2017, arXiv:1708.07747',
    licence: 'MIT',
    homepage: 'https://github.com/zalandoresearch/fashion-mnist',
    channels: 1,
    size: 28,
    train: 60_000,
    test: 10_000,
    classes: [
      'T-shirt/top',
      'Trouser',
      'Pullover',
      'Dress',
      'Coat',
      'Sandal',
      'Shirt',
      'Sneaker',
      'Bag',
      'Ankle boot',
    ],
    format: 'idx',
    files: idxFiles('https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/', [
      ['8d4fb7e6c68d591d4c3dfef9ec88bf0d', 26_421_880],
      ['25c81989df183df01b3e8a0aad5dffbe', 29_515],
      ['bef4ecab320f06d8554ea6380940ec79', 4_422_102],
      ['bb300cfdad3c16e7a12a480ee83cd310', 5_148],
    ]),
    folders: ['fashion-mnist', 'FashionMNIST/raw'],
    systemFolder: '/usr/share/datasets/fashion-mnist', // Debian's package dataset-fashion-mnist
  },
  {
    name: 'cifar10',
    title: 'CIFAR-10: small photographs of ten kinds of things; cifar10:frog takes one kind',
    authors: 'Alex Krizhevsky, Vinod Nair, Geoffrey Hinton, 2009',
    licence: 'none stated; the authors ask for a citation of Krizhevsky 2009',
    homepage: 'https://www.cs.toronto.edu/~kriz/cifar.html',
    channels: 3,
    size: CIFAR_SIDE,
    train: 50_000,
    test: 10_000,
    classes: CIFAR10_CLASSES,
    format: 'cifar',
    files: [
      {
        part: 'archive',
        fileName: 'cifar-10-binary.tar.gz',
        url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
        md5: 'c32a1d4ab5d03f1284b67883e8d87530',
        size: 170_052_171,
      },
    ],
    folders: ['cifar10', 'cifar-10-batches-bin'],
  },
];
