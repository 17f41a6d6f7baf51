package main

import (
	"cmp"
	"image"
	"image/color"
	"maps"
	"slices"
)

// paletteSize is how many colours a small picture has.
const paletteSize = 256

// grain is how many of the lowest bits of a channel don't make a colour of their
// own when colours are counted: pages are flat, and their text has soft edges.
const grain = 2

// fewColours draws the picture with its most frequent colours, others as the
// nearest of these: a picture of a page then takes a fifth of the bytes.
func fewColours(full image.Image) *image.Paletted {
	bounds := full.Bounds()
	count, exact := map[color.RGBA]int{}, map[color.RGBA]map[color.RGBA]int{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := rgba(full.At(x, y))
			k := coarse(c)
			count[k]++
			if exact[k] == nil {
				exact[k] = map[color.RGBA]int{}
			}
			exact[k][c]++
		}
	}
	frequent := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(count[b]-count[a], cmp.Compare(ordinal(a), ordinal(b)))
	})
	palette := make(color.Palette, 0, paletteSize)
	for _, k := range frequent[:min(len(frequent), paletteSize)] {
		palette = append(palette, mostOf(exact[k]))
	}
	small := image.NewPaletted(bounds, palette)
	nearest := map[color.RGBA]uint8{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			k := coarse(rgba(full.At(x, y)))
			i, known := nearest[k]
			if !known {
				i = uint8(palette.Index(mostOf(exact[k])))
				nearest[k] = i
			}
			small.SetColorIndex(x, y, i)
		}
	}
	return small
}

func rgba(c color.Color) color.RGBA {
	r, g, b, _ := c.RGBA()
	return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}
}

func coarse(c color.RGBA) color.RGBA {
	return color.RGBA{c.R >> grain, c.G >> grain, c.B >> grain, 255}
}

func ordinal(c color.RGBA) int { return int(c.R)<<16 | int(c.G)<<8 | int(c.B) }

// mostOf is the most frequent of the colours.
func mostOf(count map[color.RGBA]int) color.RGBA {
	return slices.MaxFunc(slices.Collect(maps.Keys(count)), func(a, b color.RGBA) int {
		return cmp.Or(count[a]-count[b], cmp.Compare(ordinal(b), ordinal(a)))
	})
}
